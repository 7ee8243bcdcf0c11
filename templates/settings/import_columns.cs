<?cs call:ui_crumbs() ?>
<?cs call:ui_steps(Steps) ?>
<?cs call:ui_title(T.Settings.Import.ColumnsTitle) ?>
<p class="intro"><?cs var:T.Settings.Import.Kind[Import.Kind] ?> · <?cs var:Import.FileName ?>. <?cs var:T.Settings.Import.ColumnsHint ?></p>
<?cs call:ui_errors() ?>
<?cs if:?Sheets.0.Value ?><form method="post" action="/settings/imports/<?cs var:Import.Id ?>/sheet" class="import-sheet"><?cs call:ui_secret() ?><label class="form-label" for="sheet"><?cs var:T.Settings.Import.Sheet ?></label><select class="form-select" id="sheet" name="sheet"><?cs each:sheet = Sheets ?><option value="<?cs var:sheet.Value ?>"<?cs if:sheet.Selected ?> selected<?cs /if ?>><?cs var:sheet.Text ?></option><?cs /each ?></select><button class="btn btn-quiet" type="submit"><?cs var:T.Settings.Import.ChooseSheet ?></button></form><?cs /if ?>
<form method="post" action="/settings/imports/<?cs var:Import.Id ?>/columns"><?cs call:ui_secret() ?>
<div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Settings.Import.ColumnsTitle ?></caption>
<thead><tr><th scope="col"><?cs var:T.Settings.Import.Field ?></th><th scope="col"><?cs var:T.Settings.Import.InFile ?></th><th scope="col"><?cs var:T.Settings.Import.Samples ?></th></tr></thead>
<tbody><?cs each:field = Fields ?><tr><td data-label="<?cs var:T.Settings.Import.Field ?>" class="wide"><span><label for="<?cs var:field.Name ?>"><b><?cs var:field.Title ?></b></label><?cs if:field.IsKey ?> <span class="tag"><?cs var:T.Settings.Import.Key ?></span><?cs /if ?><?cs if:field.IsRequired ?> <span class="tag"><?cs var:T.Settings.Import.Needed ?></span><?cs /if ?><br><small><?cs var:field.Help ?></small></span></td><td data-label="<?cs var:T.Settings.Import.InFile ?>"><span><select class="form-select" id="<?cs var:field.Name ?>" name="<?cs var:field.Name ?>"<?cs if:Form[field.Name].Error ?> aria-invalid="true" aria-describedby="<?cs var:field.Name ?>-error"<?cs /if ?>><option value=""><?cs var:T.Settings.Import.NoColumn ?></option><?cs each:option = field.Options ?><option value="<?cs var:option.Value ?>"<?cs if:option.Selected ?> selected<?cs /if ?>><?cs var:option.Text ?></option><?cs /each ?></select><?cs call:ui_error(field.Name) ?></span></td><td data-label="<?cs var:T.Settings.Import.Samples ?>" class="wide"><?cs var:field.Samples ?></td></tr>
<?cs /each ?></tbody></table></div>
<?cs if:Unused ?><p class="form-text"><?cs var:T.Settings.Import.Unused ?> <?cs var:Unused ?></p><?cs /if ?>
<div class="toolbar"><?cs call:ui_submit("check", T.Settings.Import.Check) ?><a class="btn btn-quiet" href="/settings/imports"><?cs var:T.Word.Cancel ?></a></div>
</form>
