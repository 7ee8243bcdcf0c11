<section class="card narrow">
<h1><?cs var:T.Login.Factor.Title ?></h1>
<p><?cs var:T.Login.Factor.Text ?></p>
<?cs include!"login/_wait.cs" ?>
<?cs call:ui_errors() ?>
<form method="post" action="/login/factor" class="form">
<?cs call:ui_secret() ?>
<input type="hidden" name="next" value="<?cs var:Login.Next ?>">
<div class="field"><?cs call:ui_label("code", T.Login.Factor.Code) ?><input class="form-control" type="text" inputmode="text" autocapitalize="none" spellcheck="false"<?cs call:ui_attributes("code") ?> autocomplete="one-time-code" autofocus><?cs call:ui_error("code") ?><div class="form-text"><?cs var:T.Login.Factor.Hint ?></div></div>
<button class="btn btn-primary w-100" type="submit"><?cs var:T.Login.Signin.Submit ?></button>
</form>
<p class="form-text mt-3 mb-0"><?cs var:T.Login.Factor.Help ?></p>
</section>
