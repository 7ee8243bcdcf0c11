<section class="card narrow">
<p class="error-status"><?cs call:ui_icon("alert-triangle") ?> <?cs var:Error.Status ?></p>
<h1><?cs var:Error.Title ?></h1>
<p><?cs var:Error.Text ?></p>
<p><?cs var:Error.Advice ?></p>
<?cs if:Error.Id ?><p><?cs var:T.Error.Page.Id ?> <code><?cs var:Error.Id ?></code><br><small><?cs var:T.Error.Page.IdHint ?></small></p><?cs /if ?>
<div class="toolbar"><a class="btn btn-primary" href="/"><?cs call:ui_icon("home") ?> <?cs var:T.Error.Page.Home ?></a></div>
</section>
