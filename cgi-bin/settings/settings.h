/*
 * settings.h - what the pages of this program share.
 *
 * Every page begins with ui_crumbs(), an edit page shows ui_changed() and, above its form,
 * ui_conflict() and ui_errors(). A form carries the revision it was made from in a hidden field;
 * the model refuses an old one with RC_CONFLICT, and show_conflict tells what others did. A deed
 * that cannot be undone has a page of its own that asks first: GET …/delete shows confirm_page,
 * POST …/delete does it.
 */
#ifndef VOLTILL_SETTINGS_H
#define VOLTILL_SETTINGS_H

#include "model/fault.h"
#include "route.h"
#include "conflict.h"
#include "show.h"

enum rc settings_start(struct req *r); /* start.c */

enum rc operators(struct req *r);    /* operators.c */
enum rc operator_new(struct req *r); /* operator.c */
enum rc operator_edit(struct req *r);
enum rc operator_ask_disable(struct req *r);
enum rc operator_disable(struct req *r);
enum rc operator_enable(struct req *r);
enum rc operator_password(struct req *r);
enum rc operator_end_sessions(struct req *r);
enum rc operator_totp(struct req *r);
enum rc operator_unlock(struct req *r);
enum rc roles(struct req *r); /* roles.c */
enum rc role_new(struct req *r);
enum rc role_edit(struct req *r);
enum rc role_ask_delete(struct req *r);
enum rc role_remove(struct req *r);
enum rc role_look(struct req *r);
enum rc audit_page(struct req *r); /* audit.c */
enum rc audit_one(struct req *r);

enum rc places(struct req *r);	    /* places.c */
enum rc place_new(struct req *r);   /* place.c: GET and POST */
enum rc place_edit(struct req *r);  /* the same */
enum rc place_rooms(struct req *r); /* place_rooms.c: GET and POST */
enum rc place_up(struct req *r);    /* place_order.c */
enum rc place_down(struct req *r);
enum rc place_ask_delete(struct req *r); /* place_delete.c */
enum rc place_delete(struct req *r);

enum rc gateways(struct req *r);    /* gateways.c */
enum rc gateway_new(struct req *r); /* gateway.c */
enum rc gateway_edit(struct req *r);
enum rc gateway_ask_delete(struct req *r);
enum rc gateway_delete(struct req *r);
enum rc bus_new(struct req *r); /* bus.c */
enum rc bus_edit(struct req *r);
enum rc bus_disable(struct req *r); /* bus_state.c */
enum rc bus_enable(struct req *r);
enum rc bus_ask_delete(struct req *r);
enum rc bus_delete(struct req *r);
enum rc models(struct req *r); /* models.c */
struct model_item;
enum rc model_find_item(struct req *r, struct model_item *item); /* that of r->id */
enum rc model_guard_show(struct req *r, int64_t meter_model_id); /* model_guard.c */
enum rc model_guard_test(struct req *r);
enum rc model_page(struct req *r);
enum rc meters(struct req *r);	  /* meters.c */
enum rc meter_new(struct req *r); /* meter.c */
enum rc meter_edit(struct req *r);
enum rc meter_install_again(struct req *r);
enum rc meter_ask_remove(struct req *r); /* meter_remove.c */
enum rc meter_take_off(struct req *r);
enum rc meter_box(struct req *r); /* meter_box.c: GET with preview, POST */

enum rc tariffs(struct req *r); /* tariffs.c */
enum rc tariff_new(struct req *r);
enum rc tariff(struct req *r); /* tariff.c */
enum rc tariff_save(struct req *r);
enum rc version_copy(struct req *r);
enum rc version(struct req *r); /* tariff_version.c */
enum rc version_print(struct req *r);
enum rc version_edit(struct req *r);
enum rc version_save(struct req *r);
enum rc version_ask_delete(struct req *r);
enum rc version_delete(struct req *r);
enum rc version_ask_withdraw(struct req *r);
enum rc version_withdraw(struct req *r);
enum rc version_ask_publish(struct req *r); /* tariff_publish.c */
enum rc version_publish(struct req *r);
enum rc version_trial(struct req *r);	   /* tariff_trial.c */
enum rc tariff_meters_page(struct req *r); /* tariff_meters.c */
enum rc tariff_ask_assign(struct req *r);
enum rc tariff_give(struct req *r);
enum rc tariff_meter_page(struct req *r);
enum rc tariff_take(struct req *r);
enum rc holidays(struct req *r); /* holidays.c */
enum rc holiday_add(struct req *r);
enum rc holiday_paste(struct req *r);
enum rc holiday_delete(struct req *r);

/* system.c: the topics of /settings/system; the path says which. */
enum rc system_form(struct req *r);
enum rc system_save(struct req *r);
/* system_logo.c */
enum rc system_logo(struct req *r);
enum rc system_logo_save(struct req *r);
enum rc system_logo_remove(struct req *r);
/* system_sms.c: texts of short messages */
enum rc system_sms(struct req *r);
enum rc system_sms_form(struct req *r);
enum rc system_sms_save(struct req *r);

enum rc orders(struct req *r);	     /* orders.c */
enum rc order(struct req *r);	     /* order.c */
enum rc order_cancel(struct req *r);
enum rc order_retry(struct req *r);
enum rc order_new(struct req *r); /* order_new.c */
enum rc order_create(struct req *r);
enum rc meter_write(struct req *r);
enum rc meter_read(struct req *r);
enum rc scan(struct req *r); /* scan.c */
enum rc scan_send(struct req *r);
enum rc scan_cancel(struct req *r);
enum rc bus_test(struct req *r);
enum rc bus_test_send(struct req *r);

struct app_work;
enum rc imports(struct req *r);		    /* imports.c */
enum rc import_new(struct req *r);	    /* import_new.c */
enum rc import_template(struct req *r);	    /* import_template.c */
enum rc import_page(struct req *r);	    /* import_page.c */
enum rc import_apply(struct req *r);	    /* import_page.c */
enum rc import_ask_undo(struct req *r);	    /* import_page.c */
enum rc import_undo(struct req *r);	    /* import_page.c */
enum rc import_columns(struct req *r);	    /* import_columns.c */
enum rc import_sheet_choice(struct req *r); /* import_columns.c */
enum rc import_work(struct app_work *work); /* import_work.c */

#endif
