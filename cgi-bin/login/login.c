/*
 * login.c - who comes in: sign in and out, password, sessions, language and theme.
 */
#include "app.h"
#include "pages.h"

#include "model/session.h"

static const struct route routes[] = {
	{ GET, "/", PERM_PUBLIC, home, .nav = "" },
	{ GET, "/login", PERM_PUBLIC, signin_show, .nav = "" },
	{ POST, "/login", PERM_PUBLIC, signin, .is_form = true },
	{ GET, "/login/logo", PERM_PUBLIC, logo },
	{ POST, "/login/out", PERM_SIGNED_IN, signout, .while_must_change = true,
	    .while_must_enrol = true, .while_viewing = true },
	{ GET, "/login/confirm", PERM_SIGNED_IN, confirm_show, .while_must_enrol = true },
	{ POST, "/login/confirm", PERM_SIGNED_IN, confirm_check, .while_must_enrol = true,
	    .while_viewing = true },
	{ POST, "/login/view/end", PERM_SIGNED_IN, view_end, .while_viewing = true },
	{ GET, "/login/factor", PERM_PUBLIC, factor_show },
	{ POST, "/login/factor", PERM_PUBLIC, factor, .is_form = true },
	{ GET, "/login/totp", PERM_SIGNED_IN, totp_show, .while_must_enrol = true,
	    .confirms = true },
	{ POST, "/login/totp", PERM_SIGNED_IN, totp_on, .while_must_enrol = true,
	    .confirms = true },
	{ POST, "/login/totp/codes", PERM_SIGNED_IN, totp_codes, .confirms = true },
	{ POST, "/login/totp/off", PERM_SIGNED_IN, totp_off, .confirms = true },
	{ GET, "/login/password", PERM_SIGNED_IN, password_show, .nav = "Password",
	    .while_must_change = true },
	{ POST, "/login/password", PERM_SIGNED_IN, password_change, .nav = "Password",
	    .while_must_change = true },
	{ GET, "/login/sessions", PERM_SIGNED_IN, sessions_show, .nav = "Sessions" },
	{ POST, "/login/sessions/end", PERM_SIGNED_IN, sessions_end, .nav = "" },
	{ POST, "/login/sessions/others", PERM_SIGNED_IN, sessions_end_others, .nav = "" },
	{ POST, "/login/preferences", PERM_PUBLIC, preferences, .is_form = true,
	    .while_must_change = true, .while_must_enrol = true },
};

enum rc
home(struct req *r)
{
	return redirect(r, r->session != NULL ? "/accounts" : "/login");
}

struct session_client
client_of(const struct req *r)
{
	return (struct session_client){
		.address = r->address,
		.user_agent = r->user_agent,
		.now = r->now,
	};
}

int
main(int argc, char **argv)
{
	return app_main(argc, argv, "login", routes, COUNT(routes));
}
