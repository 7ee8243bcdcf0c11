/* CSV as spreadsheets write it, workbooks, and files that want to do harm (W-70, W-71, W-73). */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zip.h>

#include "base/sheet.h"
#include "base/sheet_book.h"
#include "base/sheet_xlsx.h"

static char path[] = "/tmp/vt-sheet-XXXXXX";

static void
store(const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* All cells: "a|b" a line, with the row's number in front where it is not the next one. */
static const char *
shown(size_t number)
{
	static char text[4096];
	struct sheet_fault fault;
	const struct sheet_row *row;
	struct sheet *sheet;
	int64_t expected = 1;
	size_t used = 0;

	if (sheet_open(path, number, &sheet, &fault) != RC_OK) {
		snprintf(text, sizeof(text), "!%s", fault.key);
		return text;
	}
	enum rc rc;
	text[0] = '\0';
	while ((rc = sheet_next(sheet, &row)) == RC_OK && used < 3000) {
		if (row->number != expected)
			used += sprintf(text + used, "%d:", (int)row->number);
		expected = row->number + 1;
		for (size_t i = 0; i < row->count; i++)
			used += snprintf(text + used, 600, "%s%s", i > 0 ? "|" : "", row->cells[i]);
		used += sprintf(text + used, "\n");
	}
	if (rc == RC_INVALID)
		sprintf(text + used, "!%s %d %d", sheet_why(sheet)->key, (int)sheet_why(sheet)->row,
		    (int)sheet_why(sheet)->column);
	sheet_close(sheet);
	return text;
}

#define CSV(bytes) (store(bytes, sizeof(bytes) - 1), shown(0))

static void
separators_quotes_and_line_ends(void **state)
{
	(void)state;
	assert_string_equal(CSV("a,b\r\n1,2\r\n"), "a|b\n1|2\n");
	assert_string_equal(CSV("a;b\n1,5;2"), "a|b\n1,5|2\n");
	assert_string_equal(CSV("a\tb\r1\t\r"), "a|b\n1\n");
	assert_string_equal(CSV("sep=;\r\na,b;c\n"), "2:a,b|c\n");
	assert_string_equal(CSV("a,\"b,\"\"c\"\"\r\nd\",e\n,,\n\n5\" pipe,x\n"),
	    "a|b,\"c\"\r\nd|e\n4:5\" pipe|x\n");
	assert_string_equal(CSV("\"a;b\",c,d\n=1+1,-2,+3\n"), "a;b|c|d\n=1+1|-2|+3\n");
	assert_string_equal(CSV("one\n"), "one\n");
}

static void
encodings(void **state)
{
	(void)state;
	assert_string_equal(CSV("\xef\xbb\xbf表号,名称\n1,甲\n"), "表号|名称\n1|甲\n");
	assert_string_equal(CSV("表号,名称\n"), "表号|名称\n");
	/* 表号,房间 as a Chinese Excel saves it, and a character of four bytes */
	assert_string_equal(CSV("\xb1\xed\xba\xc5,\xb7\xbf\xbc\xe4\r\n\x81\x30\x81\x30,2\r\n"),
	    "表号|房间\n\xc2\x80|2\n");
	assert_string_equal(CSV("\xff\xfe\x68\x88\t\0\xf7\x53\n\0"), "表|号\n");
	assert_string_equal(CSV("\xfe\xff\x88\x68\0,\x53\xf7\0\n"), "表|号\n");
	assert_string_equal(CSV("a,b\n\xff\xff,1\n"), "a|b\n!SheetEncoding 2 1");
	assert_string_equal(CSV("\xff\xfe\x68"), "!SheetEncoding 1 1");
}

/* A character that lies across two chunks of the reader, in both encodings. */
static void
chunks(void **state)
{
	(void)state;
	for (int gbk = 0; gbk < 2; gbk++) {
		for (size_t shift = 0; shift < 4; shift++) {
			FILE *file = fopen(path, "w");
			fwrite("xxxx", 1, shift, file);
			for (int i = 0; i < 30000; i++)
				fputs(gbk ? "\xb1\xed\xba\xc5,1\n" : "表号,1\n", file);
			fclose(file);
			struct sheet_fault fault;
			const struct sheet_row *row;
			struct sheet *sheet;
			assert_int_equal(sheet_open(path, 0, &sheet, &fault), RC_OK);
			int rows = 0;
			while (sheet_next(sheet, &row) == RC_OK) {
				assert_string_equal(
				    row->cells[0] + (rows == 0 ? shift : 0), "表号");
				rows++;
			}
			assert_int_equal(rows, 30000);
			sheet_close(sheet);
		}
	}
}

static void
bad_csv_is_refused_with_its_place(void **state)
{
	(void)state;
	assert_string_equal(CSV("a,b\n1,\"2\n3,4\n"), "a|b\n!SheetQuote 2 2");
	assert_string_equal(CSV("a,b\n\"1\"2,3\n"), "a|b\n!SheetQuote 2 1");
	assert_string_equal(CSV("a,b\n1,x\0y\n"), "a|b\n!SheetCharacter 2 2");
	assert_string_equal(CSV("a,b\n1,x\x1by\n"), "a|b\n!SheetCharacter 2 2");
	assert_string_equal(CSV(""), "!SheetEmpty");
	assert_string_equal(CSV("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0"), "!SheetType");
	assert_string_equal(CSV("%PDF-1.7\n"), "!SheetType");
	assert_string_equal(CSV("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "!SheetOld");
	assert_string_equal(CSV("<html><table>"), "!SheetType");

	char *big = malloc(SHEET_FILE_MAX + 1);
	memset(big, 'x', SHEET_FILE_MAX + 1);
	store(big, SHEET_FILE_MAX + 1);
	assert_string_equal(shown(0), "!SheetBig");
	store(big, 2 << 20);
	assert_string_equal(shown(0), "!SheetCell 1 1");
	memset(big, ',', 80);
	memcpy(big + 80, "x\n", 2);
	store(big, 82);
	assert_string_equal(shown(0), "!SheetColumns 1 81");
	FILE *file = fopen(path, "w");
	for (int i = 0; i <= SHEET_ROWS_MAX; i++)
		fputs("1\n", file);
	fclose(file);
	struct sheet_fault fault;
	const struct sheet_row *row;
	struct sheet *sheet;
	assert_int_equal(sheet_open(path, 0, &sheet, &fault), RC_OK);
	while (sheet_next(sheet, &row) == RC_OK)
		;
	assert_string_equal(sheet_why(sheet)->key, "SheetRows");
	assert_int_equal(sheet_why(sheet)->row, SHEET_ROWS_MAX + 1);
	sheet_close(sheet);
	free(big);
}

/* ---- workbooks ---- */

static zip_t *zip;

static void
part_bytes(const char *name, const char *bytes, size_t length)
{
	zip_source_t *source = zip_source_buffer(zip, bytes, length, 0);

	assert_true(zip_file_add(zip, name, source, ZIP_FL_OVERWRITE) >= 0);
}

static void
part(const char *name, const char *text)
{
	part_bytes(name, text, strlen(text));
}

/* Sheets "A", "hidden" and "C"; the first is the given one. */
static void
begin_book(const char *sheet)
{
	unlink(path);
	zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	assert_non_null(zip);
	part("xl/workbook.xml",
	    "<x:workbook xmlns:x='m'><x:sheets>"
	    "<x:sheet name='hidden' sheetId='1' state='hidden' r:id='r1' xmlns:r='r'/>"
	    "<x:sheet name='表 A' sheetId='2' r:id='r2' xmlns:r='r'/>"
	    "<x:sheet name='C' sheetId='3' r:id='r3' xmlns:r='r'/></x:sheets></x:workbook>");
	part("xl/_rels/workbook.xml.rels",
	    "<Relationships>"
	    "<Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>"
	    "<Relationship Id='r2' Type='x/worksheet' Target='worksheets/sheet2.xml'/>"
	    "<Relationship Id='r3' Type='x/worksheet' Target='/xl/worksheets/sheet3.xml'/>"
	    "<Relationship Id='r4' Type='x/sharedStrings' Target='sharedStrings.xml'/>"
	    "<Relationship Id='r5' Type='x/styles' Target='styles.xml'/></Relationships>");
	part("xl/sharedStrings.xml",
	    "<sst><si><t>表号</t></si>"
	    "<si><r><t>房</t></r><r><t>间</t></r><rPh><t>fang</t></rPh></si>"
	    "<si><t>a_x000D_\nb &lt;&amp;</t></si><si><t>_x0007_</t></si></sst>");
	part("xl/styles.xml",
	    "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='000000'/>"
	    "<numFmt numFmtId='165' formatCode='yyyy\"年\"m\"月\"'/></numFmts>"
	    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
	    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='164'/>"
	    "<xf numFmtId='165'/></cellXfs></styleSheet>");
	part("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>1</v></c></row>"
					 "</sheetData></worksheet>");
	part("xl/worksheets/sheet2.xml", sheet);
	part("xl/worksheets/sheet3.xml", "<worksheet><sheetData><row><c><v>3</v></c></row>"
					 "</sheetData></worksheet>");
}

static const char *
book(const char *rows)
{
	static char sheet[8192];

	snprintf(sheet, sizeof(sheet), "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
	begin_book(sheet);
	assert_int_equal(zip_close(zip), 0);
	return shown(0);
}

static void
cells_of_a_workbook(void **state)
{
	(void)state;
	assert_string_equal(
	    book("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c>"
		 "</row><row r='3'><c r='A3' t='inlineStr'><is><t>00123</t></is></c>"
		 "<c r='C3'><v>2.107050012E9</v></c><c r='D3'/></row>"
		 "<row r='1048576' s='1'><c r='A1048576'/></row>"),
	    "表号|房间\n3:00123||2107050012\n");
	assert_string_equal(book("<row><c t='s'><v>2</v></c><c t='b'><v>1</v></c><c t='e'>"
				 "<v>#N/A</v></c><c t='str'><f>A1&amp;1</f><v>x1</v></c></row>"),
	    "a\r\nb <&|TRUE|#N/A|x1\n");
	assert_string_equal(
	    book(
		"<row><c s='1'><v>46349</v></c><c s='2'><v>46349.5</v></c>"
		"<c s='3'><v>42</v></c><c s='4'><v>46349</v></c><c s='0'><v>0.30000000000000004</v></c>"
		"<c><v>12.50</v></c><c><v>-7</v></c></row>"),
	    "2026-11-23|2026-11-23 12:00:00|000042|2026-11-23|0.3|12.5|-7\n");
	shown(0);
	assert_string_equal(shown(2), "3\n");
	assert_string_equal(shown(3), "!SheetEmpty");
}

static void
numbers_as_a_cell_shows_them(void **state)
{
	(void)state;
	static const struct {
		const char *value, *text;
		enum book_format format;
		bool is_1904;
	} rows[] = {
		{ "1234567890123456", "1.23456789012346E+15", FORMAT_PLAIN, false },
		{ "123456789012345", "123456789012345", FORMAT_PLAIN, false },
		{ "1E3", "1000", FORMAT_PLAIN, false },
		{ "0", "0", FORMAT_PLAIN, false },
		{ "0.0001", "0.0001", FORMAT_PLAIN, false },
		{ "99.999999999999986", "100", FORMAT_PLAIN, false },
		{ "x", "x", FORMAT_PLAIN, false },
		{ "59", "1900-02-28", FORMAT_DAY, false },
		{ "61", "1900-03-01", FORMAT_DAY, false },
		{ "0", "1904-01-01", FORMAT_DAY, true },
		{ "0.75", "18:00:00", FORMAT_TIME, false },
	};
	char text[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		xlsx_number_text(
		    rows[i].value, rows[i].format, 0, rows[i].is_1904, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
	uint8_t zeros;
	assert_int_equal(book_format_code("yyyy-mm-dd hh:mm", &zeros), FORMAT_DAY_TIME);
	assert_int_equal(book_format_code("[h]:mm:ss", &zeros), FORMAT_TIME);
	assert_int_equal(book_format_code("#,##0.00\" dm\"", &zeros), FORMAT_PLAIN);
	assert_int_equal(book_format_code("[Red]0000", &zeros), FORMAT_ZEROS);
	assert_int_equal(zeros, 4);
	assert_int_equal(book_format_code("General", &zeros), FORMAT_PLAIN);
}

static void
harmful_workbooks(void **state)
{
	(void)state;
	assert_string_equal(book("<row><c t='s'><v>9</v></c></row>"), "!SheetXml 1 1");
	assert_string_equal(book("<row><c t='s'><v>3</v></c></row>"), "!SheetCharacter 1 1");
	assert_string_equal(book("<row r='2'><c r='A1'><v>9</v></c></row>"), "!SheetXml 2 1");
	assert_string_equal(book("<row r='2'/><row r='1'/>"), "!SheetXml 2 0");
	assert_string_equal(book("<row><c r='BM1'><v>9</v></c></row>"), "!SheetColumns 1 65");
	assert_string_equal(book("<row><c><v>1</v>"), "!SheetXml 0 0");

	begin_book("<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet><sheetData><row><c t='str'>"
		   "<v>&a;</v></c></row></sheetData></worksheet>");
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetXml 0 0");

	char *deep = malloc(1 << 20);
	deep[0] = '\0';
	for (int i = 0; i < 40; i++)
		strcat(deep, "<a>");
	begin_book(deep);
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetXml 0 0");
	free(deep);

	begin_book("<worksheet/>");
	part("../evil", "x");
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetNames");

	begin_book("<worksheet/>");
	for (int i = 0; i < 300; i++) {
		char name[16];
		sprintf(name, "n%d", i);
		part(name, "x");
	}
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetEntries");

	begin_book("<worksheet/>");
	zip_set_default_password(zip, "secret");
	zip_int64_t at = zip_name_locate(zip, "xl/styles.xml", 0);
	assert_int_equal(
	    zip_file_set_encryption(zip, (zip_uint64_t)at, ZIP_EM_AES_256, "secret"), 0);
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetEncrypted");

	unlink(path);
	zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	part("word/document.xml", "<w/>");
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetType");
	assert_string_equal(CSV("PK\x03\x04 no archive"), "!SheetBroken");
}

/* Much for little: in the sheet, in the strings, and as one endless tag. */
static void
bombs(void **state)
{
	(void)state;
	size_t length = 40 << 20;
	char *bytes = malloc(length);

	memset(bytes, ' ', length);
	memcpy(bytes, "<worksheet>", 11);
	begin_book("<worksheet/>");
	part_bytes("xl/worksheets/sheet2.xml", bytes, length);
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetBomb 0 0");

	memcpy(bytes, "<sst a='", 8);
	begin_book("<worksheet/>");
	part_bytes("xl/sharedStrings.xml", bytes, 4 << 20);
	assert_int_equal(zip_close(zip), 0);
	assert_memory_equal(shown(0), "!SheetBomb", 6);

	for (size_t i = 0; i < length / 5; i++)
		memcpy(bytes + 5 * i, "<si/>", 5);
	memcpy(bytes, "<sst>", 5);
	begin_book("<worksheet/>");
	part_bytes("xl/sharedStrings.xml", bytes, length);
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetBomb");

	/* One tag that does not compress: refused by its length. */
	unsigned random = 1;
	for (size_t i = 8; i < (4 << 20); i++) {
		random = random * 1103515245 + 12345;
		bytes[i] = (char)('a' + (random >> 16) % 26);
	}
	memcpy(bytes, "<sst a='", 8);
	begin_book("<worksheet/>");
	part_bytes("xl/sharedStrings.xml", bytes, 4 << 20);
	assert_int_equal(zip_close(zip), 0);
	assert_string_equal(shown(0), "!SheetXml");
	free(bytes);
}

/* Many rows come through whole: nothing grows with them. */
static void
a_long_sheet(void **state)
{
	(void)state;
	size_t room = 16 << 20, used = 0;
	char *bytes = malloc(room);

	used += sprintf(bytes, "<worksheet><sheetData>");
	for (int i = 1; i <= 50000; i++)
		used += sprintf(bytes + used,
		    "<row r='%d'><c t='inlineStr'><is><t>meter %d</t></is></c><c><v>%u</v></c></row>",
		    i, i, (unsigned)i * 2654435761u);
	used += sprintf(bytes + used, "</sheetData></worksheet>");
	begin_book("<worksheet/>");
	part_bytes("xl/worksheets/sheet2.xml", bytes, used);
	assert_int_equal(zip_close(zip), 0);
	free(bytes);
	struct sheet_fault fault;
	const struct sheet_row *row;
	struct sheet *sheet;
	assert_int_equal(sheet_open(path, 0, &sheet, &fault), RC_OK);
	assert_int_equal(sheet_count(sheet), 2);
	assert_string_equal(sheet_name(sheet, 1), "表 A");
	int rows = 0;
	while (sheet_next(sheet, &row) == RC_OK)
		rows++;
	assert_int_equal(rows, 50000);
	assert_string_equal(row->cells[0], "meter 50000");
	sheet_close(sheet);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separators_quotes_and_line_ends),
		cmocka_unit_test(encodings),
		cmocka_unit_test(chunks),
		cmocka_unit_test(bad_csv_is_refused_with_its_place),
		cmocka_unit_test(cells_of_a_workbook),
		cmocka_unit_test(numbers_as_a_cell_shows_them),
		cmocka_unit_test(harmful_workbooks),
		cmocka_unit_test(bombs),
		cmocka_unit_test(a_long_sheet),
	};

	close(mkstemp(path));
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
