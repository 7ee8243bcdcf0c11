<?cs call:ui_crumbs() ?>
<?cs call:ui_title(Page.Title) ?>
<section class="card">
<dl class="facts">
<div><dt><?cs var:T.Settings.Audit.Time ?></dt><dd><?cs call:ui_at(Row.Time) ?></dd></div>
<div><dt><?cs var:T.Settings.Audit.Actor ?></dt><dd><?cs if:Row.Name ?><?cs var:Row.Name ?> · <?cs /if ?><?cs var:Row.Actor ?></dd></div>
<div><dt><?cs var:T.Word.Address ?></dt><dd><?cs if:Row.Address ?><?cs var:Row.Address ?><?cs else ?>—<?cs /if ?></dd></div>
<div><dt><?cs var:T.Settings.Audit.Action ?></dt><dd><?cs var:Row.Action ?> <code><?cs var:Row.Code ?></code></dd></div>
<div><dt><?cs var:T.Settings.Audit.Outcome ?></dt><dd><?cs var:Row.OutcomeWord ?></dd></div>
<?cs if:Row.Kind ?><div><dt><?cs var:T.Settings.Audit.Object ?></dt><dd><?cs var:Row.Kind ?> <?cs if:Row.ObjectHref ?><a href="<?cs var:Row.ObjectHref ?>"><?cs var:Row.Object ?></a><?cs else ?><?cs var:Row.Object ?><?cs /if ?></dd></div><?cs /if ?>
<?cs if:Row.Reason ?><div><dt><?cs var:T.Settings.Audit.Reason ?></dt><dd><?cs var:Row.Reason ?></dd></div><?cs /if ?>
<div><dt><?cs var:T.Settings.Audit.Seal ?></dt><dd><?cs if:Row.Seq ?><?cs call:ui_icon("lock") ?> <?cs var:Row.Seq ?><?cs else ?><?cs var:T.Settings.Audit.NotSealed ?><?cs /if ?></dd></div>
</dl>
</section>
<?cs if:?Row.Change.0.Word ?>
<h2><?cs var:T.Settings.Audit.Detail ?></h2>
<div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Settings.Audit.Detail ?></caption>
<thead><tr><th scope="col"><?cs var:T.Settings.Audit.Field ?></th><th scope="col"><?cs var:T.Settings.Audit.Before ?></th><th scope="col"><?cs var:T.Settings.Audit.After ?></th></tr></thead>
<tbody><?cs each:change = Row.Change ?><tr><td data-label="<?cs var:T.Settings.Audit.Field ?>"><?cs var:change.Word ?></td><td data-label="<?cs var:T.Settings.Audit.Before ?>"><?cs var:change.Before ?></td><td data-label="<?cs var:T.Settings.Audit.After ?>"><?cs var:change.After ?></td></tr><?cs /each ?></tbody></table></div>
<?cs /if ?>
<?cs if:Row.HistoryHref ?><p><a class="btn btn-quiet" href="<?cs var:Row.HistoryHref ?>"><?cs call:ui_icon("history") ?> <?cs var:T.Settings.Audit.History ?></a></p><?cs /if ?>
