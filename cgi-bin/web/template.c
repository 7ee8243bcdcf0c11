#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ClearSilver.h>

#include "base/clock.h"
#include "base/log.h"

#include "template.h"

#define TEMPLATES_MAX	   128 /* a program has far fewer; the limit finds a name made of data */
#define TEMPLATE_FILES_MAX 32
#define TEMPLATE_BYTES_MAX (1024 * 1024)
#define NAME_MAX_BYTES	   80
#define FRAME_MAX_BYTES	   (NAME_MAX_BYTES + 200)
#define HTML_FIRST_BYTES   (32 * 1024)

/* One file of a template as it was when it was parsed. */
struct source {
	char name[NAME_MAX_BYTES];
	struct timespec changed;
};

struct template
{
	char name[NAME_MAX_BYTES];
	bool is_whole; /* with the layout around it */
	CSPARSE *parse;
	struct source sources[TEMPLATE_FILES_MAX];
	int source_count;
	size_t size_hint; /* bytes of the greatest page so far */
	int64_t checked_at;
};

static const struct conf *settings;
static HDF *config; /* what cs_init reads: escape mode */
static struct template *templates[TEMPLATES_MAX];
static int template_count;

void
template_complain(const char *subject, NEOERR *err)
{
	STRING text;

	string_init(&text);
	nerr_error_string(err, &text);
	log_error(subject, "%s", text.buf == NULL ? "unknown error" : text.buf);
	string_clear(&text);
	nerr_ignore(&err);
}

enum rc
template_open(const struct conf *conf)
{
	settings = conf;
	NEOERR *err = nerr_init();
	if (err == STATUS_OK && config == NULL)
		err = hdf_init(&config);
	if (err == STATUS_OK)
		err = hdf_set_value(config, "Config.VarEscapeMode", "html");
	if (err == STATUS_OK)
		return RC_OK;
	template_complain("template", err);
	return RC_UNAVAILABLE;
}

/* Names are constants of ours; this keeps an include inside the folder all the same. */
static bool
is_template_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_/.");

	return length > 3 && length < NAME_MAX_BYTES && name[length] == '\0' && name[0] != '/' &&
	       strstr(name, "..") == NULL && strcmp(name + length - 3, ".cs") == 0;
}

static struct timespec
source_changed(const char *name)
{
	char path[CONF_TEXT_MAX + NAME_MAX_BYTES];
	struct stat status = { 0 };

	snprintf(path, sizeof(path), "%s/%s", settings->web_templates, name);
	if (stat(path, &status) != 0)
		return (struct timespec){ 0 };
	return status.st_mtim;
}

/* The whole file in memory of malloc, which the parser frees; NULL with errno set. */
static char *
read_whole(const char *path)
{
	struct stat status;
	char *bytes = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size <= TEMPLATE_BYTES_MAX &&
	    (bytes = calloc(1, (size_t)status.st_size + 1)) != NULL &&
	    read(fd, bytes, (size_t)status.st_size) != status.st_size) {
		free(bytes);
		bytes = NULL;
	}
	close(fd);
	return bytes;
}

/* Commands whose output is not escaped, or that run a value as a template. alt is one of them: it
 * prints its variable past VarEscapeMode. */
static const char *
forbidden_command(const char *text)
{
	static const char *const commands[] = {
		"alt:", "uvar:", "lvar:", "evar:", "linclude:", "escape:"
	};

	for (; (text = strstr(text, "<?cs")) != NULL; text++) {
		const char *command = text + strlen("<?cs");
		command += strspn(command, " \t\r\n");
		for (size_t i = 0; i < COUNT(commands); i++)
			if (strncasecmp(command, commands[i], strlen(commands[i])) == 0)
				return commands[i];
	}
	return NULL;
}

/* Called by the parser for every file; remembers it, so that a change is seen. */
static NEOERR *
source_load(void *context, HDF *hdf, const char *name, char **contents)
{
	struct template *template = context;
	char path[CONF_TEXT_MAX + NAME_MAX_BYTES];

	(void)hdf;
	if (!is_template_name(name) || template->source_count == TEMPLATE_FILES_MAX)
		return nerr_raise(NERR_ASSERT, "refused template '%s'", name);
	struct source *source = &template->sources[template->source_count++];
	snprintf(source->name, sizeof(source->name), "%s", name);
	source->changed = source_changed(name);
	snprintf(path, sizeof(path), "%s/%s", settings->web_templates, name);
	*contents = read_whole(path);
	if (*contents == NULL)
		return nerr_raise(NERR_NOT_FOUND, "template '%s': %s", name, strerror(errno));
	const char *forbidden = forbidden_command(*contents);
	if (forbidden == NULL)
		return STATUS_OK;
	free(*contents);
	*contents = NULL;
	return nerr_raise(NERR_ASSERT, "template '%s': <?cs %s is not escaped", name, forbidden);
}

static NEOERR *
escape_html(const char *text, char **out)
{
	return nerr_pass(neos_html_escape(text, (int)strlen(text), out));
}

static NEOERR *
escape_url(const char *text, char **out)
{
	return nerr_pass(neos_url_escape(text, out, NULL));
}

static NEOERR *
escape_js(const char *text, char **out)
{
	return nerr_pass(neos_js_escape(text, out));
}

/* README.md tells why a page is composed like this. The parser frees the text. */
static char *
template_frame(const struct template *template)
{
	char *frame = calloc(1, FRAME_MAX_BYTES);

	if (frame == NULL)
		log_fatal("template", "no memory");
	if (template->is_whole)
		snprintf(frame, FRAME_MAX_BYTES,
		    "<?cs include!\"ui.cs\" ?>"
		    "<?cs def:page_body() ?><?cs include!\"%s\" ?><?cs /def ?>"
		    "<?cs include!\"layout.cs\" ?>",
		    template->name);
	else
		snprintf(frame, FRAME_MAX_BYTES, "<?cs include!\"ui.cs\" ?><?cs include!\"%s\" ?>",
		    template->name);
	return frame;
}

static NEOERR *
template_parse(struct template *template)
{
	template->source_count = 0;
	NEOERR *err = cs_init(&template->parse, config);
	if (err != STATUS_OK)
		return nerr_pass(err);
	cs_register_fileload(template->parse, template, source_load);
	err = cs_register_esc_strfunc(template->parse, "html_escape", escape_html);
	if (err == STATUS_OK)
		err = cs_register_esc_strfunc(template->parse, "url_escape", escape_url);
	if (err == STATUS_OK)
		err = cs_register_esc_strfunc(template->parse, "js_escape", escape_js);
	if (err != STATUS_OK)
		return nerr_pass(err);
	char *frame = template_frame(template);
	return nerr_pass(cs_parse_string(template->parse, frame, strlen(frame)));
}

static void
template_forget(struct template *template)
{
	if (template->parse != NULL)
		template->parse->hdf = config;
	cs_destroy(&template->parse);
}

static bool
template_is_stale(struct template *template)
{
	int64_t now = clock_mono();

	if (now - template->checked_at < CLOCK_SECOND)
		return false;
	template->checked_at = now;
	for (int i = 0; i < template->source_count; i++) {
		struct timespec changed = source_changed(template->sources[i].name);
		if (changed.tv_sec != template->sources[i].changed.tv_sec ||
		    changed.tv_nsec != template->sources[i].changed.tv_nsec)
			return true;
	}
	return false;
}

static struct template *
template_slot(const char *name, bool is_whole)
{
	for (int i = 0; i < template_count; i++)
		if (templates[i]->is_whole == is_whole && strcmp(templates[i]->name, name) == 0)
			return templates[i];
	assert(is_template_name(name) && template_count < TEMPLATES_MAX);
	struct template *template = calloc(1, sizeof(*template));
	if (template == NULL)
		log_fatal("view", "no memory");
	snprintf(template->name, sizeof(template->name), "%s", name);
	template->is_whole = is_whole;
	template->size_hint = HTML_FIRST_BYTES;
	templates[template_count++] = template;
	return template;
}

/* The parsed template, NULL (logged) when it has a mistake. */
static struct template *
template_find(const char *name, bool is_whole)
{
	struct template *template = template_slot(name, is_whole);

	if (template->parse != NULL && template_is_stale(template))
		template_forget(template);
	if (template->parse != NULL)
		return template;
	NEOERR *err = template_parse(template);
	if (err == STATUS_OK)
		return template;
	template_complain(name, err);
	template_forget(template);
	return NULL;
}

struct output {
	struct arena *arena;
	char *bytes;
	size_t length, size;
};

static NEOERR *
output_add(void *context, char *text)
{
	struct output *output = context;
	size_t n = strlen(text);

	if (output->length + n + 1 > output->size) {
		size_t size = (output->length + n + 1) * 2;
		char *bytes = arena_alloc(output->arena, size);
		memcpy(bytes, output->bytes, output->length);
		output->bytes = bytes;
		output->size = size;
	}
	memcpy(output->bytes + output->length, text, n + 1);
	output->length += n;
	return STATUS_OK;
}

enum rc
template_render(struct arena *arena, const char *name, bool is_whole, HDF *hdf, HDF *words,
    const char **html, size_t *length)
{
	struct template *template = template_find(name, is_whole);
	if (template == NULL)
		return RC_BUG;
	struct output output = {
		.arena = arena,
		.bytes = arena_alloc(arena, template->size_hint),
		.size = template->size_hint,
	};
	template->parse->hdf = hdf;
	template->parse->global_hdf = words;
	NEOERR *err = cs_render(template->parse, &output, output_add);
	template->parse->hdf = config;
	template->parse->global_hdf = NULL;
	if (err != STATUS_OK) {
		template_complain(name, err);
		template_forget(template);
		return RC_BUG;
	}
	if (output.length + 1 > template->size_hint)
		template->size_hint = output.length + output.length / 8;
	*html = output.bytes;
	*length = output.length;
	return RC_OK;
}
