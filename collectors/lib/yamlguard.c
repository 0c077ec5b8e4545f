#include "yamlguard.h"

#include "limits.h"

bool
yaml_too_deep(const char *p, size_t n)
{
	size_t open = 0, i;

	for (i = 0; i < n; i++)
		if (p[i] == '[' || p[i] == '{') {
			if (++open > CONF_YAML_OPEN)
				return true;
		} else if ((p[i] == ']' || p[i] == '}') && open) {
			open--;
		}
	return false;
}
