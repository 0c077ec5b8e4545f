-- id: boot-entry
-- title: the boot or the kernel runs what no package brought
-- severity: medium
-- effect: investigate
-- attack: T1547
-- confidence: INF
-- why: Hooks of the initramfs, of GRUB and of kernels, install lines of modprobe,
--   core_pattern, modules of the kernel and the kernel's own parameters act
--   before anything else, as root.
-- source: AT3
SELECT scope, path, detail, evidence, severity, effect, attack
    FROM foreign_entry WHERE class = 'boot'
