/*
 * approve.h - what the pages of approvals share.
 */
#ifndef VOLTILL_APPROVE_H
#define VOLTILL_APPROVE_H

#include "model/approval.h"
#include "office.h"
#include "sales.h"

/* Node.Id .Kind .Place .Number .Tenant .Receipt .Amount .Reason .By .IsMine .Asked .Outcome (open
 * approved rejected withdrawn) .IsOpen .DecidedBy .Decided .Note */
void approval_show(struct req *r, struct node *node, const struct approval *approval);

#endif
