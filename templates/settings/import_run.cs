<?cs if:!Page.IsFragment ?><?cs call:ui_crumbs() ?>
<?cs call:ui_steps(Steps) ?>
<div id="import" hx-get="<?cs var:Page.Here ?>" hx-trigger="every 1s" hx-swap="innerMorph">
<?cs /if ?><section class="card narrow"><h1><?cs if:Import.State == "checking" ?><?cs var:T.Settings.Import.Checking ?><?cs elif:Import.State == "applying" ?><?cs var:T.Settings.Import.Applying ?><?cs else ?><?cs var:T.Settings.Import.Undoing ?><?cs /if ?></h1>
<p><?cs var:T.Settings.Import.Kind[Import.Kind] ?> · <?cs var:Import.FileName ?></p>
<?cs if:Import.Total ?><?cs call:ui_progress(Import.RowsDone, Import.Total, T.Settings.Import.RowsDone) ?><?cs else ?><p role="status"><?cs var:T.Settings.Import.RowsDone ?>: <b><?cs var:Import.RowsDone ?></b></p><?cs /if ?>
<p class="form-text"><?cs var:T.Settings.Import.LeaveHint ?></p></section>
<?cs if:!Page.IsFragment ?></div><?cs /if ?>
