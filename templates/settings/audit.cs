<?cs def:audit_outcome(row) ?><?cs if:row.Outcome == "done" ?><span class="status status-open"><?cs call:ui_icon("circle-check") ?> <?cs var:row.OutcomeWord ?></span><?cs else ?><span class="status status-arrears"><?cs call:ui_icon("circle-x") ?> <?cs var:row.OutcomeWord ?></span><?cs /if ?><?cs /def ?>
<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:T.Settings.Audit.Title ?></h1><div class="toolbar"><?cs call:ui_export() ?></div></div>
<p class="intro"><?cs var:T.Settings.Audit.Intro ?></p>
<?cs call:ui_errors() ?>
<form method="get" action="/settings/audit" class="form filters" role="search" aria-label="<?cs var:T.Settings.Audit.Filter ?>"><div class="fields">
<?cs call:ui_day("from", T.Word.From) ?><?cs call:ui_day("to", T.Word.To) ?>
<?cs call:ui_input("who", T.Settings.Audit.Who, "text", "off", "") ?>
<?cs call:ui_choice("action", T.Settings.Audit.Action, "") ?><?cs call:ui_choice("outcome", T.Settings.Audit.Outcome, "") ?>
<?cs call:ui_input("q", T.Settings.Audit.Text, "search", "off", "") ?></div>
<?cs if:Object.Code ?><p class="form-check"><input class="form-check-input" type="checkbox" name="kind" id="kind" value="<?cs var:Object.Code ?>" checked><?cs if:Object.Id != "0" ?><input type="hidden" name="object" value="<?cs var:Object.Id ?>"><?cs /if ?><label class="form-check-label" for="kind"><?cs var:T.Settings.Audit.Only ?> <?cs var:Object.Kind ?><?cs if:Object.Id != "0" ?> #<?cs var:Object.Id ?><?cs /if ?></label></p><?cs /if ?>
<div class="toolbar"><button class="btn btn-primary" type="submit"><?cs call:ui_icon("filter") ?> <?cs var:T.Settings.Audit.Show ?></button><?cs if:List.IsFiltered ?><a class="btn btn-quiet" href="/settings/audit"><?cs call:ui_icon("x") ?> <?cs var:T.List.ClearFilter ?></a><?cs /if ?></div>
</form>
<?cs if:List.Total == "0" ?><?cs call:ui_empty("history", T.Settings.Audit.Empty) ?><?cs else ?>
<div class="table-wrap"><table class="list audit"><caption class="visually-hidden"><?cs var:T.Settings.Audit.Title ?></caption>
<thead><tr><th scope="col"><?cs var:T.Settings.Audit.Time ?></th><th scope="col"><?cs var:T.Settings.Audit.Actor ?></th><th scope="col"><?cs var:T.Settings.Audit.Action ?></th><th scope="col"><?cs var:T.Settings.Audit.Outcome ?></th><th scope="col"><?cs var:T.Settings.Audit.Object ?></th><th scope="col"><?cs var:T.Settings.Audit.Detail ?></th></tr></thead>
<tbody><?cs each:row = Rows ?>
<tr><td data-label="<?cs var:T.Settings.Audit.Time ?>"><a href="/settings/audit/<?cs var:row.Id ?>"><?cs call:ui_at(row.Time) ?></a></td><td data-label="<?cs var:T.Settings.Audit.Actor ?>"><span><?cs if:row.Name ?><?cs var:row.Name ?><br><?cs /if ?><small><?cs var:row.Actor ?><?cs if:row.Address ?> · <?cs var:row.Address ?><?cs /if ?></small></span></td><td data-label="<?cs var:T.Settings.Audit.Action ?>"><?cs var:row.Action ?></td><td data-label="<?cs var:T.Settings.Audit.Outcome ?>"><?cs call:audit_outcome(row) ?></td><td data-label="<?cs var:T.Settings.Audit.Object ?>"><span><?cs if:row.Kind ?><?cs var:row.Kind ?> <?cs if:row.ObjectHref ?><a href="<?cs var:row.ObjectHref ?>"><?cs var:row.Object ?></a><?cs else ?><?cs var:row.Object ?><?cs /if ?><?cs /if ?></span></td><td data-label="<?cs var:T.Settings.Audit.Detail ?>"><span class="audit-detail"><?cs each:change = row.Change ?><span><?cs var:change.Word ?><?cs if:change.Before || change.After ?>: <?cs call:ui_change(change.Before, change.After) ?><?cs /if ?></span><?cs /each ?><?cs if:row.HasMore ?><a href="/settings/audit/<?cs var:row.Id ?>"><?cs var:T.Settings.Audit.More ?></a><?cs /if ?><?cs if:row.Reason ?><small><?cs var:T.Settings.Audit.Reason ?>: <?cs var:row.Reason ?></small><?cs /if ?></span></td></tr><?cs /each ?>
</tbody></table></div>
<div class="list-end"><?cs if:IsLater ?><a class="btn btn-quiet" href="/settings/audit"><?cs call:ui_icon("chevron-left") ?> <?cs var:T.Settings.Audit.Newest ?></a><?cs /if ?><?cs if:Older.Href ?><a class="btn btn-quiet" rel="next" href="<?cs var:Older.Href ?>"><?cs var:T.Settings.Audit.Older ?> <?cs call:ui_icon("chevron-right") ?></a><?cs /if ?></div>
<?cs /if ?>
