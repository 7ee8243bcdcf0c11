<section class="card narrow">
<h1><?cs var:T.Login.Password.Title ?></h1>
<?cs if:User.MustChange ?><p><?cs var:T.Login.Password.MustChange ?></p><?cs /if ?>
<?cs include!"login/_wait.cs" ?>
<?cs call:ui_errors() ?>
<form method="post" action="/login/password" class="form">
<?cs call:ui_secret() ?>
<input class="d-none" type="text" name="username" value="<?cs var:User.Username ?>" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
<?cs if:User.MustChange ?><?cs call:ui_password("old", T.Login.Password.OneTime, "current-password") ?><?cs else ?><?cs call:ui_password("old", T.Login.Password.Old, "current-password") ?><?cs /if ?>
<?cs call:ui_input("new", T.Login.Password.New, "password", "new-password", T.Login.Password.Policy) ?>
<?cs call:ui_password("repeat", T.Login.Password.Repeat, "new-password") ?>
<?cs call:ui_submit("key", T.Login.Password.Submit) ?>
</form>
<p class="form-text mt-3 mb-0"><?cs var:T.Login.Password.Others ?></p>
</section>
