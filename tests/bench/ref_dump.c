/*
 * ref_dump - linked into a copy of the accounts program by the board bench: writes the data of the
 * page into the file named by DUMP, so that the reference renders exactly the same page.
 */
#include <stdlib.h>

#include <ClearSilver.h>

#include "template.h"

enum rc __real_template_render(struct arena *arena, const char *name, bool is_whole, HDF *hdf, HDF *words,
    const char **html, size_t *length);
enum rc __wrap_template_render(struct arena *arena, const char *name, bool is_whole, HDF *hdf, HDF *words,
    const char **html, size_t *length);

enum rc
__wrap_template_render(struct arena *arena, const char *name, bool is_whole, HDF *hdf, HDF *words,
    const char **html, size_t *length)
{
	NEOERR *err = hdf_write_file(hdf, getenv("DUMP"));

	nerr_ignore(&err);
	return __real_template_render(arena, name, is_whole, hdf, words, html, length);
}
