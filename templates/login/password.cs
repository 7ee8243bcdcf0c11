<section class="card narrow">
<h1><?cs var:T.Login.Password.Title ?></h1>
<?cs if:Login.IsExpired ?><p><?cs var:T.Login.Password.Expired ?></p><?cs elif:User.MustChange ?><p><?cs var:T.Login.Password.MustChange ?></p><?cs /if ?>
<?cs include!"login/_wait.cs" ?>
<?cs call:ui_errors() ?>
<form method="post" action="/login/password" class="form">
<?cs call:ui_secret() ?>
<input class="d-none" type="text" name="username" value="<?cs var:User.Username ?>" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
<?cs if:User.MustChange && !Login.IsExpired ?><?cs call:ui_password("old", T.Login.Password.OneTime, "current-password") ?><?cs else ?><?cs call:ui_password("old", T.Login.Password.Old, "current-password") ?><?cs /if ?>
<?cs call:ui_password("new", T.Login.Password.New, "new-password") ?>
<ul class="form-text rules"><li><?cs var:Login.Policy.Length ?></li><?cs if:Login.Policy.Classes ?><li><?cs var:Login.Policy.Classes ?></li><?cs /if ?><?cs if:Login.Policy.History ?><li><?cs var:Login.Policy.History ?></li><?cs /if ?><li><?cs var:T.Login.Password.Policy ?></li></ul>
<?cs call:ui_password("repeat", T.Login.Password.Repeat, "new-password") ?>
<?cs call:ui_submit("key", T.Login.Password.Submit) ?>
</form>
<p class="form-text mt-3 mb-0"><?cs var:T.Login.Password.Others ?></p>
</section>
