<section class="card narrow">
<h1><?cs var:T.Login.Confirm.Title ?></h1>
<p><?cs var:T.Login.Confirm.Text ?></p>
<?cs if:Again.IsPosted ?><div class="notice"><?cs call:ui_icon("info-circle") ?><div><?cs var:T.Login.Confirm.Kept ?></div></div><?cs /if ?>
<?cs include!"login/_wait.cs" ?>
<?cs call:ui_errors() ?>
<form method="post" action="/login/confirm" class="form">
<?cs call:ui_secret() ?>
<input type="hidden" name="next" value="<?cs var:Again.NextHref ?>"><?cs if:Again.IsPosted ?><input type="hidden" name="posted" value="1"><?cs /if ?>
<?cs each:field = Again.Keep ?><input type="hidden" name="<?cs var:field.Name ?>" value="<?cs var:field.Value ?>"><?cs /each ?>
<input class="d-none" type="text" name="username" value="<?cs var:User.Username ?>" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
<?cs call:ui_password("password", T.Word.Password, "current-password") ?>
<?cs if:Again.HasCode ?><?cs call:ui_input("code", T.Login.Factor.Code, "text", "one-time-code", T.Login.Factor.Hint) ?><?cs /if ?>
<?cs call:ui_submit("shield-check", T.Login.Confirm.Submit) ?>
</form>
</section>
