<section class="card narrow">
<p class="form-text"><?cs if:Site.Name ?><?cs var:Site.Name ?><?cs else ?>Voltill<?cs /if ?> · <?cs var:T.Site.Product ?></p>
<h1><?cs var:T.Login.Signin.Title ?></h1>
<?cs include!"login/_wait.cs" ?>
<?cs call:ui_errors() ?>
<form method="post" action="/login" class="form">
<?cs call:ui_secret() ?>
<input type="hidden" name="next" value="<?cs var:Login.Next ?>">
<div class="field"><label class="form-label" for="username"><?cs var:T.Login.Signin.Username ?></label><input class="form-control" type="text"<?cs call:ui_attributes("username") ?> value="<?cs var:Form.username.Value ?>" autocomplete="username" autocapitalize="none" spellcheck="false"<?cs if:!Form.Errors.0.Text && !Login.Wait ?> autofocus<?cs /if ?>><?cs call:ui_error("username") ?></div>
<div class="field"><label class="form-label" for="password"><?cs var:T.Word.Password ?></label><input class="form-control" type="password"<?cs call:ui_attributes("password") ?> autocomplete="current-password"><?cs call:ui_error("password") ?></div>
<button class="btn btn-primary w-100" type="submit"><?cs var:T.Login.Signin.Submit ?></button>
</form>
<p class="form-text mt-3 mb-0"><?cs var:T.Login.Signin.Help ?></p>
</section>
