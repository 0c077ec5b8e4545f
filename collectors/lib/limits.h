#ifndef LIMITS_H
#define LIMITS_H

/*
 * limits - every limit of salvor, by name
 *
 * Hitting one is a note of class "limit" that names it; nothing is cut in
 * silence. Sizes in bytes, times in seconds.
 */

/* The record stream (stream(5)). */
#define REC_LINE_MAX (1024 * 1024)  /* one line with its newline */
#define REC_VALUE_MAX (256 * 1024)  /* one value; the rest goes to a blob */
#define REC_FIELDS_MAX 128	    /* keys in one record */
#define BLOB_CHUNK (512 * 1024)	    /* raw bytes of one blob record */
#define BLOB_MAX (64 * 1024 * 1024) /* one kept content */

/* Evidence roots. */
#define ROOT_DEPTH_MAX 256	  /* components of one path */
#define ROOT_LINKS_MAX 40	  /* links followed for one path, as Linux does */
#define ROOT_PATH_MAX (64 * 1024) /* bytes of one path */
#define ROOT_DIR_SORT_MAX 200000  /* entries sorted; above: directory order */
#define ROOT_DIR_SORT_BYTES (16 * 1024 * 1024) /* their names together */
#define ROOT_DIR_MAX 2000000	  /* entries read of one directory */
#define ROOT_WALK_BYTES (32 * 1024 * 1024) /* names that one walk holds */
#define ROOT_LAYERS_MAX 500	  /* as the kernel's overlay */
#define ROOT_NAMES_MAX 65536	  /* names of layers remembered; others are
				   * looked up each time */
#define ROOT_GLOB_MAX 200000	  /* matches of one glob */
#define ROOT_GLOB_BYTES (16 * 1024 * 1024) /* their names together */
#define ROOT_XATTR_MAX (64 * 1024) /* one attribute, as the kernel's */
#define ROOT_MEM_NODES_MAX 4000000 /* members of the trees in memory */
#define ROOT_MEM_TEXT_MAX (512 * 1024 * 1024) /* their names, links, attributes */
#define ROOT_MEM_PENDING_MAX 100000 /* hard links to later members */
#define SHOWN_FDS 4096		   /* open directories of layers above one */
#define SHOWN_BYTES (16 * 1024 * 1024) /* their names, read at once */

/* Workers. */
#define WORKER_MAX 64		       /* processes */
#define WORKER_REAP_MS 1000	       /* waited for a killed one, ms */
#define WORKER_ITEM_SECONDS 60	       /* one item */
#define WORKER_BUFFER (4 * 1024 * 1024) /* held of a worker out of turn */
#define WORKER_BUFFER_ALL (24 * 1024 * 1024) /* of all of them together */
#define WORKER_MEMORY (1024L * 1024 * 1024) /* address space of one worker */

#define WORKER_FDS 16384 /* descriptors of one worker: depth times layers */
#define LOCK_FDS 65536	 /* descriptors of a program */

/* Persistence artifacts. */
#define ART_KEEP_MAX (1024 * 1024)	/* an artifact kept as a blob */
#define ART_READ_MAX (16 * 1024 * 1024) /* an artifact read for parsing */
#define ART_LINE_MAX (64 * 1024)	/* one line of a text artifact */
#define ART_LINES_MAX 100000		/* lines of one artifact */
#define HOMES_MAX 10000			/* homes of one passwd file */
#define ART_ENV_MAX 1024		/* variables shown with each entry */
#define ART_JOIN_MAX 400		/* lines joined to one command line */
#define UNITS_MAX 100000		/* unit files and links of one tree */
#define UNIT_CAUSES_MAX 8		/* reasons shown why a unit runs */
#define CONF_ENTRIES_MAX 100000		/* settings of one file */
#define CONF_DEPTH_MAX 64		/* levels of one document */
#define CONF_BYTES_MAX (32 * 1024 * 1024) /* its keys and values */
#define CONF_TABLES_MAX 1000		/* lists of tables of one TOML file */
#define CONF_YAML_MAX (1024 * 1024)	/* one YAML file */
#define CONF_YAML_OPEN 256		/* brackets of one that are open at once */
#define GIT_INCLUDES_MAX 100		/* files that one git configuration includes */
#define GIT_INCLUDE_DEPTH 10		/* levels of them, as git */
#define GIT_DEPTH_MAX 6			/* levels below a home, to find repositories */
#define GIT_DIRS_MAX 100000		/* folders looked through for them */
#define WEB_DIRS_MAX 200000		/* folders of web roots */
#define WEB_FILES_MAX 200000		/* scripts in them */
#define CODE_CALLS_MAX 1000		/* calls of one file that have rows */
#define APT_PARTS_MAX 10000		/* files of apt.conf.d looked at */
#define PASSWD_LINES_MAX 100000		/* lines of one passwd file */
#define SSHCONF_DEPTH 16		/* levels of Include, as OpenSSH */
#define SSHCONF_FILES_MAX 1000		/* files that one ssh configuration reads */
#define SSHCONF_LINES_MAX 20000		/* their lines */
#define SSHD_ACCOUNTS_MAX 10000		/* accounts whose key files are looked for */
#define SSHD_OTHERS_MAX 20		/* further accounts named with a key */

/* Package databases. */
#define KNOWN_MAX 2000000		/* digests of lists from outside, 24 bytes each */
#define PKG_PACKAGES_MAX 200000 /* packages of one root */
#define PKG_FILES_MAX 2000000	/* files that they own, and directories */
#define PKG_TEXT_MAX (256 * 1024 * 1024) /* names of all that */
#define PKG_READ_MAX (1024LL * 1024 * 1024) /* one file of a database */
#define PKG_LINE_MAX (64 * 1024) /* one line of it */
#define PKG_PATH_MAX 4096	 /* one name, as Linux */
#define PKG_DIVERSIONS_MAX 10000 /* diversions of dpkg */
#define PKG_NOTES_MAX 1000	 /* notes on the databases of one root */
#define PKG_ODDITIES_MAX 50	 /* oddities shown of one database */
#define PKG_SLACK_SECONDS 600	 /* that one installation may take */
#define PKG_SCRIPTS_MAX (1024 * 1024) /* maintainer scripts of one package */
#define PKG_KEEP_MAX (256 * 1024) /* a changed text kept as a blob */
#define RPM_TAGS_MAX 65535	 /* entries of one header of rpm, as rpm */
#define RPM_HEADER_MAX (64 * 1024 * 1024) /* one header */
#define RPM_SQL_STEPS_MAX 2000000000 /* of SQLite, to read all of them */
#define PKG_SHARED_MAX 262144	 /* files of layers whose digest is remembered */
#define RUNS_READ_MAX (256 * 1024 * 1024) /* a program read for its digest */
#define RUNS_KEEP_MAX (64 * 1024) /* a script of no package kept as a blob */
#define RUNS_DEPTH_MAX 8		/* shells in shells, to find a program */
#define RUNS_NAMES_MAX 64		/* variables of one command line */
#define RUNS_KNOWN_MAX 20000		/* programs remembered of one tree */
#define SSHCONF_DEPTH 16		/* levels of Include, as OpenSSH */
#define SSHCONF_FILES_MAX 1000		/* files that one ssh configuration reads */
#define SSHCONF_LINES_MAX 20000		/* their lines */
#define SSHD_ACCOUNTS_MAX 10000		/* accounts whose key files are looked for */
#define SSHD_OTHERS_MAX 20		/* further accounts named with a key */
#define PAM_FILES_MAX 1000		/* files of PAM's configuration */
#define PAM_LINES_MAX 20000		/* their lines */
#define PAM_DEPTH 16			/* levels of include; folders of modules */
#define PAM_STEPS 2000			/* lines of one stack */
#define ZONE_READ_MAX (64 * 1024)	/* one file of a time zone */
#define ZONE_TIMES_MAX 4096		/* changes of the clock in it */
#define CALENDAR_VALUES_MAX 240		/* values of one part, as systemd */
#define CALENDAR_STEPS_MAX 20000	/* to find the next time of an event */
#define PATH_ROWS_MAX 100		/* odd entries of one PATH */
#define PASSWD_SHELLS_MAX 256		/* different shells of a passwd */
#define LD_CONF_MAX 1000		/* files of ld.so.conf; folders of one */
#define LD_SHADOW_MAX 1000		/* libraries of a folder that hide others */
#define SHELL_ENV_MAX 8			/* BASH_ENV of one file, each followed */
#define SUBID_LINES_MAX 2000		/* lines of subuid or subgid */
#define PRIVKEY_MAX (256 * 1024)	/* base64 of one private key */
#define PRIVKEYS_MAX 1000		/* private keys of one file */
#define NSS_ROWS_MAX 1000		/* services of nsswitch.conf */
#define SUDO_FILES_MAX 1000		/* files that sudo reads */
#define SUDO_LINES_MAX 10000		/* their lines */
#define SUDO_DEPTH 16			/* levels of include, of aliases */
#define SUDO_EXPAND_MAX 200		/* what one alias stands for */

/* Container stores. */
#define STORE_JSON_MAX (8 * 1024 * 1024) /* one state file */
#define STORE_JSON_DEPTH 64		 /* levels of one document */
#define STORE_JSON_VALUES 120000	 /* values of one document */
#define STORE_JSON_ODD (256 * 1024)	 /* to mark bytes that are no text */
#define STORE_IMAGES_MAX 100000		  /* images of one store */
#define STORE_CONTAINERS_MAX 100000	  /* containers of one store */
#define STORE_CHANGES_MAX 200000	  /* changes of one container */
#define STORE_LAYERS_KNOWN 8192	  /* layers of one store that are remembered */
#define STORE_DRIFT_FILE (256 * 1024 * 1024) /* a changed file with a digest */
#define STORE_DRIFT_BYTES (8LL * 1024 * 1024 * 1024) /* those of a container */
#define STORE_HISTORY_MAX 10000		  /* history entries of one image */
#define STORE_PLATFORMS_MAX 256	/* platforms of one index of images */
#define STORE_BLOBS_CHECKED (4096LL * 1024 * 1024) /* of a store, by digest */
#define TARSPLIT_LINE (4 * 1024 * 1024)	/* one entry of a layer's list */
#define TARSPLIT_BYTES (1024LL * 1024 * 1024) /* one list, unpacked */
#define TARSPLIT_FILES 400000	/* files of one list */
#define TARSPLIT_NAMES (24 * 1024 * 1024) /* their names, directories once */
#define TARSPLIT_TOLD 100	/* files of one layer that differ, told of */
#define STORE_SECONDS 3600 /* to read what a store has besides images */
#define STORE_VOLUMES_MAX 100000	  /* volumes, or networks, of one store */
#define STORE_PODS_MAX 100000		  /* pods of one node */
#define STORE_TASKS_MAX 100000		  /* tasks, or builds, of one store */
#define BOLT_FILE_MAX (256 * 1024 * 1024) /* read of one BoltDB file */
#define BOLT_READS 4	  /* times that one is read that changes meanwhile */
#define BOLT_DEPTH_MAX 100 /* pages above one, those of buckets around it too */
#define BOLT_BAD_MAX 50	  /* broken pages of one file that are told */
#define SELECT_ARGS_MAX 1000   /* --containers or --images of one program */
#define SELECT_PREFIX_MIN 4    /* digits of an id that stand for all of it */

/* Archives. */
#define ARCHIVE_CACHE_MAX (1024LL * 1024 * 1024) /* unpacked files kept in memory */
#define ARCHIVE_SMALL (64 * 1024)      /* the last eighth of it is for these */
#define ARCHIVE_FILE_MAX (512LL * 1024 * 1024) /* one member that is read */
#define ARCHIVE_REREAD_MAX (256LL * 1024 * 1024 * 1024) /* unpacked again, one process */
#define ARCHIVE_UNPACKED_MAX (1024LL * 1024 * 1024 * 1024) /* of one archive or layer */
#define ARCHIVE_RATIO_MAX 500	       /* unpacked by packed bytes ... */
#define ARCHIVE_RATIO_FROM (256LL * 1024 * 1024) /* ... beyond so many */
#define ARCHIVE_SECONDS 3600	       /* to list one archive or layer */
#define ARCHIVE_MEMBERS_MAX 3000000    /* members of one archive or layer */
#define ARCHIVE_NOTES_MAX 1000	       /* notes on the members of one */
#define ARCHIVE_LAYERS_MAX 20000       /* layers of one archive, or blobs of stores */
#define ARCHIVE_INDEX_DEPTH 8	       /* indexes in indexes */
#define ARCHIVE_MANIFESTS_MAX 20000    /* manifests and indexes read */

/* Files. */
#define WALK_BATCH 65536		     /* files of one batch */
#define WALK_BATCH_BYTES (8 * 1024 * 1024)   /* their paths */
#define WALK_BATCH_SIZE (1024LL * 1024 * 1024) /* their content */
#define WALK_LINKS_MAX 65536 /* files of several names that are remembered */
#define WALK_LINKS_BYTES (8 * 1024 * 1024) /* what is remembered of them */
#define WALK_TREES_MAX 100000  /* images and containers */
#define WALK_PARTS_MAX 100000  /* layers, each once */
#define WALK_LAYERS_MAX 500000 /* layers of all images and containers */
#define WALK_COMPARED_MAX 4096 /* copies that one file is compared with */
#define WALK_MOUNTS_MAX 20000  /* mounts of the running system */
#define WALK_MOUNTS_BYTES (16 * 1024 * 1024) /* their table */
#define WALK_DEVICES_MAX 4096  /* file systems that are told apart */
#define WALK_NOTES_MAX 10000   /* notes of trouble on the way */
#define WALK_OUT_MAX 1000      /* files and trees that are ours */
#define CONTENT_READ_MAX (16LL * 1024 * 1024 * 1024) /* read of one file */
#define CONTENT_HEAD (64 * 1024)    /* its first bytes, looked at in memory */
#define CONTENT_BUFFER (256 * 1024) /* read at once of what follows */
#define CONTENT_SECONDS 600	    /* to read one file */
#define FILE_SHEBANG_MAX 256	    /* of what stands behind #!, as Linux */
#define FILE_KEPT_MAX 8192	    /* kept of a file that has names elsewhere */
#define FILE_XATTRS_MAX (256 * 1024) /* attributes shown of one file */
#define MAGIC_BYTES (64 * 1024)	    /* of what is no text, shown to libmagic */
#define MAGIC_TEXT 4096		    /* of a text, shown to libmagic */
#define MAGIC_TYPE_MAX 512	    /* of what libmagic says */
#define MAGIC_MEMORY (80 * 1024 * 1024) /* to unpack its database */
#define ELF_HEADERS_MAX 512	    /* program headers of one file */
#define ELF_DYNAMIC_MAX 4096	    /* entries of one dynamic section */
#define ELF_SAMPLE_MAX (64 * 1024)  /* bytes of code, to see if it is packed */
#define ELF_INTERPRETER_MAX 4096    /* name of a loader */

/* Stores of podman, buildah and CRI-O. */
#define CSTORE_LIST_MAX (96 * 1024 * 1024) /* one list of containers-storage */
#define CSTORE_LAYERS_MAX 500000	  /* layers of one store of it */
#define CSTORE_NOTES_MAX 20		  /* broken entries told of, of one list */
#define CSTORE_PORTS_MAX 256		  /* ports of one range, one by one */
#define LIBPOD_DB_MAX (128 * 1024 * 1024) /* podman's database */
#define LIBPOD_SQL_STEPS_MAX 500000000	  /* of SQLite, to read it */
#define SQLFILE_GROW_MAX (16 * 1024 * 1024) /* of a database in memory */

/* Processes. */
#define PROC_FILE_MAX (1024 * 1024) /* one file of /proc/PID */
#define PROC_FDS_MAX 1000000	    /* descriptors of one process */
#define PROC_PIDS_MAX 4194304	    /* PID_MAX_LIMIT */
#define PROC_SWEEP_SECONDS 5	    /* asking for every number there can be */
#define PROC_SWEEP_LOW 32768	    /* numbers asked for in three ways */
#define PROC_CGROUPS_MAX 100000	    /* control groups whose members are read */
#define PROC_REPEATS 5		    /* looks before a contradiction is told */
#define PROC_IMAGE_MAX (512LL * 1024 * 1024) /* an executable, for its digest */
#define PROC_MAPS_MAX 4000	    /* files that one process has mapped */
#define PROC_SECONDS 5		    /* one process */
#define PROC_ROUNDS_MAX 3	    /* looks for processes that began meanwhile */
#define PROC_HOLDERS_MAX 2000000    /* descriptors of sockets, of all processes */
#define PROC_DIAG_MAX 512	    /* network namespaces compared with sock_diag */
#define PROC_TELL_MAX 1000	    /* contradictions of one kind */
#define PROC_MODULES_MAX 10000	    /* modules of the kernel */
#define PROC_MODULES_DEP_MAX (16 * 1024 * 1024) /* modules.dep */
#define PROC_MOUNTS_MAX 100000	    /* mounts of one mount namespace */
#define PROC_MNTNS_MAX 10000	    /* mount namespaces */
#define PROC_BPF_MAX 10000	    /* programs and links of BPF */
#define LOGINS_MAX (64 * 1024 * 1024) /* one file of logins, also unpacked */
#define LOGIN_SESSIONS_MAX 20000    /* sessions of logind */
#define LOGIN_SESSION_MAX (64 * 1024) /* one of them */
#define PROC_IMAGES_MAX 100000	    /* files that processes run */
#define PROC_IMAGES_ITEM 4000	    /* of these, in one worker */
#define PROC_NETNS_MAX 100000	    /* network namespaces */
#define PROC_NET_SECONDS 300	    /* tables of one network namespace */

/* Detection. */
#define RULE_SECONDS 60		/* one SQL rule */
#define RULE_ROWS_MAX 10000	/* findings of one rule */
#define SQLRULE_FILE_MAX (1024 * 1024) /* one file of SQL rules */
#define REGEX_STEPS_MAX 1000000 /* of PCRE2 for one match */
#define REGEX_DEPTH_MAX 10000	/* of PCRE2's recursion */
#define REGEX_HEAP_KIB 20000	/* memory of PCRE2 for one match, KiB */
#define PACK_FILE_MAX (64 * 1024 * 1024) /* one indicators.json */
#define PACK_FILES_MAX 10000		 /* files of one pack, packs of a folder */
#define INDICATORS_MAX 5000000		 /* of all packs */
#define ALLOW_BYTES_MAX (16 * 1024 * 1024) /* an allow list */
#define ALLOW_MAX 100000	/* entries of all allow lists */
#define EXPLAIN_COLUMNS 3	/* differences to a baseline that are told */
#define EXPLAIN_SHOWN 200	/* bytes of each value of them */
#define FINDINGS_MAX 1000000		 /* of one run of case-match */
#define SHCMD_DEPTH_MAX 8	/* shells in shells */
#define SHCMD_TEXT_MAX (256 * 1024) /* one command line analysed */
#define SHCMD_STEPS_MAX 20000	    /* commands and words of one line */
#define SHCMD_WORK_MAX (4 * 1024 * 1024) /* bytes of values made for one line */
#define SHCMD_VALUE_MAX (128 * 1024) /* one value */
#define SHCMD_NAMES_MAX 1000	    /* variables, files, functions */
#define SHCMD_FACTS_MAX 500	    /* facts of one line */
#define SHCMD_NEST_MAX 100	    /* compound commands in each other */

/* YARA. */
#define YARA_SHOWN_STRINGS 3	/* strings quoted in a finding */
#define YARA_SHOWN_TEXT 80	/* bytes quoted of each */
#define YARA_SHOWN_NAMES 4096	/* names of strings counted once, bytes */
#define YARA_EVIDENCE_MAX 8	/* rows that a finding names */
#define YARA_FILE_MAX (16 * 1024 * 1024) /* one rule file */
#define YARA_FILES_MAX 20000		/* rule files of one run */
#define YARA_INCLUDE_MAX (16 * 1024 * 1024) /* included by one rule file */
#define YARA_WHOLE_MAX (32 * 1024 * 1024) /* a file scanned in one piece */
#define YARA_OVERLAP (64 * 1024)	/* of two pieces of a longer one */
#define YARA_READ_MAX (1024LL * 1024 * 1024) /* scanned of one file */
#define YARA_SECONDS 10			/* one file, all rules */
#define YARA_SECOND_BYTES (8 * 1024 * 1024) /* a second more for each */
#define YARA_PROBE_SECONDS 1		/* one rule, to find the slow one */
#define YARA_SLOW_MAX 3			/* slow rules left out for one file */
#define YARA_SLOW_FILES 8		/* slow so often: left out from then on */
#define YARA_ITEM_SECONDS 900		/* one file, with the search for them */
#define YARA_STRINGS_MAX 32		/* matches shown of one string */
#define YARA_TEXT_MAX 256		/* bytes shown of one match */
#define YARA_MATCHES_MAX (64 * 1024)	/* matches shown of one file, bytes */
#define YARA_KNOWN_MAX (16 * 1024 * 1024) /* matches remembered, bytes */
#define YARA_KEEP_MAX (16 * 1024 * 1024) /* a file with a match, as a blob */
#define YARA_PROCESS_BYTES (256LL * 1024 * 1024) /* scanned of one process */
#define YARA_PROCESS_SECONDS 60		/* one process */
#define YARA_PROCESS_GROWTH (16LL * 1024 * 1024) /* of a process meanwhile */
#define YARA_PROCESS_REGIONS 65536	/* mappings of one process */
#define YARA_PROCESS_WORKERS 2		/* processes scanned at a time */
#define YARA_KEEP_ALL (1024LL * 1024 * 1024) /* all of these together */

/* Output of queries. */
#define TABLE_HOLD_ROWS 2000	       /* rows that give a table its widths */
#define TABLE_HOLD_BYTES (8 * 1024 * 1024) /* the same in bytes */
#define QUERY_SECONDS 120	       /* one statement of case-query */

/* The verdict. */
#define VERDICT_REASONS_MAX 10000 /* reasons kept of one line of the policy */
#define VERDICT_SHOWN_MAX 20	  /* reasons of one line in its text */

/* The case. */
#define CASE_WAIT_SECONDS 60		   /* a reader waits for a writer */
#define CASE_VALUE_MAX (128 * 1024 * 1024) /* one value in SQL */
#define CASE_SQL_MAX (1024 * 1024)	   /* text of one statement */
#define CASE_SQL_DEPTH 500		   /* depth of one expression */
#define CASE_SQL_PATTERN 10000		   /* pattern of LIKE and GLOB */
#define INGEST_STDERR_MAX (64 * 1024)	   /* messages kept with a run */
#define INGEST_PROGRESS_MAX 512		   /* bytes of a line of progress */
#define INGEST_CHILD_SECONDS 10		   /* a collector that must end */

#endif
