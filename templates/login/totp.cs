<section class="card narrow">
<h1><?cs var:T.Login.Totp.Title ?></h1>
<?cs call:ui_errors() ?>
<?cs if:Totp.Since.Text ?>
<p><span class="badge-on"><?cs call:ui_icon("shield-check") ?> <?cs var:T.Login.Totp.IsOn ?></span> <?cs call:ui_at(Totp.Since) ?></p>
<dl class="facts"><div><dt><?cs var:T.Login.Totp.Left ?></dt><dd><?cs var:Totp.Left ?></dd></div></dl>
<?cs if:Totp.IsShort ?><div class="notice notice-warning"><?cs call:ui_icon("alert-triangle") ?><div><?cs var:T.Login.Totp.FewLeft ?></div></div><?cs /if ?>
<form method="post" action="/login/totp/codes" class="form"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("refresh") ?> <?cs var:T.Login.Totp.Renew ?></button><p class="form-text"><?cs var:T.Login.Totp.RenewHint ?></p></form>
<?cs if:Totp.IsNeeded ?><p class="form-text"><?cs var:T.Login.Totp.Needed ?></p><?cs else ?><form method="post" action="/login/totp/off" class="form"><?cs call:ui_secret() ?><?cs call:ui_danger("lock-open", T.Login.Totp.TurnOff) ?><p class="form-text"><?cs var:T.Login.Totp.TurnOffHint ?></p></form><?cs /if ?>
<?cs elif:Totp.HasNoKey ?>
<div class="notice notice-danger"><?cs call:ui_icon("alert-circle") ?><div><?cs var:T.Login.Totp.NoKey ?></div></div>
<?cs else ?>
<p><?cs if:Totp.IsForced ?><?cs var:T.Login.Totp.Forced ?><?cs else ?><?cs var:T.Login.Totp.Intro ?><?cs /if ?></p>
<ol class="totp-steps">
<li><?cs var:T.Login.Totp.Step1 ?></li>
<li><?cs var:T.Login.Totp.Step2 ?>
<svg class="qr" viewBox="0 0 <?cs var:Totp.Size ?> <?cs var:Totp.Size ?>" role="img" aria-label="<?cs var:T.Login.Totp.Picture ?>"><path d="<?cs var:Totp.Path ?>"/></svg>
<p class="form-text"><?cs var:T.Login.Totp.ByHand ?> <code class="totp-secret"><?cs var:Totp.Secret ?></code></p></li>
<li><?cs var:T.Login.Totp.Step3 ?>
<form method="post" action="/login/totp" class="form">
<?cs call:ui_secret() ?>
<input type="hidden" name="secret" value="<?cs var:Totp.Sealed ?>">
<?cs call:ui_input("code", T.Login.Factor.Code, "text", "one-time-code", "") ?>
<?cs call:ui_submit("shield-check", T.Login.Totp.TurnOn) ?>
</form></li>
</ol>
<?cs /if ?>
</section>
