<?cs call:ui_crumbs() ?>
<section class="card narrow"><h1><?cs var:T.Settings.Import.FailedTitle ?></h1>
<p><?cs var:T.Settings.Import.Kind[Import.Kind] ?> · <?cs var:Import.FileName ?></p>
<?cs if:Import.Message ?><div class="notice notice-danger" role="alert"><?cs call:ui_icon("alert-circle") ?><span><?cs var:Import.Message ?></span></div><?cs /if ?>
<p><?cs var:T.Settings.Import.FailedHint ?></p>
<div class="toolbar"><a class="btn btn-primary" href="/settings/imports/new?kind=<?cs var:Import.Kind ?>"><?cs call:ui_icon("upload") ?> <?cs var:T.Settings.Import.Again ?></a></div></section>
