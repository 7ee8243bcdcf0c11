/*
 * ref_board - the reference of the board bench: a bare FastCGI program that renders the same
 * template from data in memory. No session, no database, no checks.
 *
 * ref_board SOCKET TEMPLATES DUMP WORKERS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ClearSilver.h>
#include <fcgiapp.h>

#include "lang.h"
#include "template.h"

static void
serve(int fd, HDF *data, HDF *words)
{
	struct arena *arena = arena_new();
	FCGX_Request request;

	if (FCGX_InitRequest(&request, fd, 0) != 0)
		exit(1);
	while (FCGX_Accept_r(&request) == 0) {
		static const char head[] = "Content-Type: text/html; charset=utf-8\r\n\r\n";
		const char *html;
		size_t length;

		arena_reset(arena);
		if (template_render(arena, "accounts/board.cs", true, data, words, &html, &length) != RC_OK)
			exit(1);
		FCGX_PutStr(head, sizeof(head) - 1, request.out);
		FCGX_PutStr(html, (int)length, request.out);
		FCGX_Finish_r(&request);
	}
}

int
main(int argc, char **argv)
{
	static struct conf conf;
	HDF *data, *words = NULL;

	if (argc != 5)
		return 2;
	conf_default(&conf);
	snprintf(conf.web_templates, sizeof(conf.web_templates), "%s", argv[2]);
	if (template_open(&conf) != RC_OK || lang_open(&conf) != RC_OK || (words = lang_hdf("zh-CN")) == NULL)
		return 1;
	if (hdf_init(&data) != STATUS_OK || hdf_read_file(data, argv[3]) != STATUS_OK)
		return 1;
	FCGX_Init();
	int fd = FCGX_OpenSocket(argv[1], 511);
	for (int i = 1; i < atoi(argv[4]); i++) {
		if (fork() == 0)
			serve(fd, data, words);
	}
	serve(fd, data, words);
}
