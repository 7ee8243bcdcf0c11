<?cs call:ui_crumbs() ?>
<section class="card narrow">
<h1><?cs var:Page.Title ?></h1>
<?cs call:ui_errors() ?>
<?cs if:Confirm.Text ?><p><?cs var:Confirm.Text ?></p><?cs /if ?>
<?cs if:?Confirm.Facts.0.Label ?><dl class="facts"><?cs each:fact = Confirm.Facts ?><div><dt><?cs var:fact.Label ?></dt><dd><?cs var:fact.Value ?></dd></div><?cs /each ?></dl><?cs /if ?>
<?cs if:?Confirm.Obstacles.0.Text ?><div class="notice notice-danger"><?cs call:ui_icon("alert-circle") ?><div><strong><?cs var:T.Settings.Confirm.Blocked ?></strong><ul><?cs each:obstacle = Confirm.Obstacles ?><li><?cs var:obstacle.Text ?></li><?cs /each ?></ul></div></div>
<a class="btn btn-quiet" href="<?cs var:Confirm.Back.Href ?>"><?cs call:ui_icon("arrow-left") ?> <?cs var:T.Word.Back ?></a><?cs else ?>
<form method="post" action="<?cs var:Confirm.Action ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<?cs if:Confirm.AsksReason ?><?cs call:ui_input("reason", T.Settings.Confirm.Reason, "text", "off", T.Settings.Confirm.ReasonHint) ?><?cs /if ?>
<div class="toolbar"><?cs call:ui_danger(Confirm.Icon, Confirm.Button) ?><a class="btn btn-quiet" href="<?cs var:Confirm.Back.Href ?>"><?cs var:T.Word.Cancel ?></a></div>
</form><?cs /if ?>
</section>
