<?cs call:ui_crumbs() ?>
<section class="card narrow">
<h1><?cs var:Page.Title ?></h1>
<dl class="facts"><div><dt><?cs var:T.Settings.Operators.Username ?></dt><dd><?cs var:Person.Username ?></dd></div><div><dt><?cs var:T.Login.Password.OneTime ?></dt><dd><code class="one-time"><?cs var:Password ?></code></dd></div></dl>
<div class="notice notice-warning"><?cs call:ui_icon("alert-triangle") ?><div><?cs var:T.Settings.Operator.PasswordOnce ?></div></div>
<div class="toolbar"><a class="btn btn-primary" href="<?cs var:Person.Href ?>"><?cs call:ui_icon("check") ?> <?cs var:T.Settings.Operator.PasswordDone ?></a></div>
</section>
