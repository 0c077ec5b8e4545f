-- id: hidden-program
-- title: a program under a hidden name
-- severity: medium
-- effect: investigate
-- attack: T1564.001
-- confidence: C2
-- why: The system has no programs below a name with a dot in front. Tools of
--   developers have such folders in trees that no package fills.
-- source: 4.5 PF2 F2
SELECT scope, path, words || coalesce(', run by ' || interpreter,
	', ELF ' || elf_type, '') AS detail, evidence,
	CASE WHEN host AND NOT site THEN 'medium' ELSE 'low' END AS severity,
	CASE WHEN host AND NOT site THEN 'investigate' ELSE 'note' END AS effect
    FROM (SELECT *, path REGEXP
	'^/(opt|srv|usr/local|var/(www|local|opt|lib)|mnt|media|data)/.*/[.](venv|virtualenv|env|cargo|rustup|npm|nvm|cache|local|config|rbenv|pyenv|bundle|yarn|pnpm[a-z-]*|gradle|m2|node_modules|vscode-server|vscode|github|gitlab|circleci|husky|bin|tools?|dotnet|nuget|bazel|tox|build|hg|svn|meteor|asdf|sdkman|next|output)/'
	    AS site
	FROM power_file WHERE program AND place IN ('hidden', 'home')
	    AND (place = 'hidden' OR path REGEXP '^/(usr|lib|bin|sbin|etc|boot)/')
	    AND path NOT REGEXP '/[.](git|bzr)/' AND state <> 'own')
    WHERE path NOT GLOB '/etc/skel/*'
