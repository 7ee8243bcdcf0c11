<?cs include!"settings/_tariff.cs" ?><?cs call:tariff_style() ?><?cs call:ui_crumbs() ?>
<?cs call:ui_title(Page.Title) ?>
<?cs call:ui_errors() ?>
<form method="post" action="/settings/tariffs/assign" class="form card"><?cs call:ui_secret() ?><?cs each:meter = Meters ?><input type="hidden" name="meter" value="<?cs var:meter.Id ?>"><?cs /each ?>
<div class="field"><label class="form-label" for="tariff_id"><?cs var:T.Settings.Tariff.Tariff ?></label><select class="form-select" id="tariff_id" name="tariff_id"><?cs each:tariff = Tariffs ?><?cs if:tariff.MayChoose ?><option value="<?cs var:tariff.Id ?>"<?cs if:tariff.IsSelected ?> selected<?cs /if ?>><?cs var:tariff.Name ?></option><?cs /if ?><?cs /each ?><option value="0"<?cs if:Form.price.Value ?> selected<?cs /if ?>><?cs var:T.Settings.Tariff.OwnPrice ?></option></select></div>
<?cs call:ui_input("price", T.Settings.Tariff.OwnPriceField, "text", "off", T.Settings.Tariff.OwnPriceHint) ?>
<?cs call:ui_input("valid_from", T.Field.valid_from, "date", "off", T.Settings.Tariff.AssignHint) ?>
<div class="toolbar"><?cs call:ui_submit("check", T.Settings.Tariff.AssignSave) ?><a class="btn btn-quiet" href="/settings/tariffs/meters"><?cs var:T.Word.Cancel ?></a></div>
</form>
<section class="card"><h2><?cs var:T.Word.Meters ?></h2><div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Word.Meters ?></caption><thead><tr><th scope="col"><?cs var:T.Word.Place ?></th><th scope="col"><?cs var:T.Word.Tenant ?></th><th scope="col"><?cs var:T.Word.Number ?></th><th scope="col"><?cs var:T.Settings.Tariff.Present ?></th></tr></thead>
<tbody><?cs each:meter = Meters ?><tr><td data-label="<?cs var:T.Word.Place ?>"><?cs var:meter.Place ?></td><td data-label="<?cs var:T.Word.Tenant ?>"><?cs var:meter.Tenant ?></td><td data-label="<?cs var:T.Word.Number ?>"><?cs var:meter.Number ?></td><td data-label="<?cs var:T.Settings.Tariff.Present ?>"><?cs if:meter.Tariff ?><?cs var:meter.Tariff ?><?cs elif:meter.Price ?><?cs var:meter.Price ?><?cs else ?>–<?cs /if ?></td></tr><?cs /each ?></tbody></table></div></section>
