/*
 * document.h - what the pages of one document share: sale.c, receipt.c, verify.c.
 */
#ifndef VOLTILL_SALES_DOCUMENT_H
#define VOLTILL_SALES_DOCUMENT_H

#include "model/sale_view.h"
#include "sales.h"

/* The document of the path, if it is in the scope. */
enum rc document_find(struct req *r, struct sale_view *sale);
/* Doc.…: what it says, without its lines. */
void document_show(struct req *r, const struct sale_view *sale);
void document_lines(struct req *r, const struct sale_view *sale); /* Lines.N.{Name, Amount} */
bool document_may_print(const struct sale_view *sale);

/* A code and its values ("count 12 14") in the words of a branch; NULL for none, the code itself
 * when it has no words. */
const char *outcome_text(struct req *r, const char *branch, const char *outcome);

/* Form.paper.Choice: the papers; PAPERS chooses the one that was used last. */
void paper_choices(struct req *r, enum sale_paper paper);

#endif
