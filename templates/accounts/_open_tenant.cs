<h2><?cs var:T.Accounts.Open.Step.Tenant ?></h2>
<?cs if:Account.Id ?><p><?cs var:T.Accounts.Open.TenantKnown ?></p><?cs else ?>
<?cs if:?Same.0.Id ?><div class="notice notice-warning"><?cs call:ui_icon("info-circle") ?><div><strong><?cs var:T.Accounts.Open.SameTitle ?></strong><ul class="plain"><?cs each:s = Same ?><li><?cs var:s.Name ?> · <?cs var:s.Number ?> · <?cs var:s.Rooms ?> <button class="btn btn-quiet" type="submit" name="do" value="join <?cs var:s.Id ?>"><?cs call:ui_icon("plus") ?> <?cs var:T.Accounts.Open.Join ?></button></li><?cs /each ?></ul><?cs call:ui_check("same_phone", T.Accounts.Open.Another) ?></div></div><?cs /if ?>
<?cs call:ui_field("name", T.Accounts.Field.Name) ?>
<div class="fields"><?cs call:ui_input("phone", T.Field.phone, "tel", "off", T.Accounts.Field.PhoneHint) ?><?cs call:ui_input("number", T.Accounts.List.Number, "text", "off", T.Accounts.Field.NumberHint) ?><?cs call:ui_input("initials", T.Field.initials, "text", "off", T.Accounts.Field.InitialsHint) ?></div>
<?cs call:ui_input("id_number", T.Field.id_number, "text", "off", T.Accounts.Field.IdNumberHint) ?>
<?cs call:ui_field("note", T.Field.note) ?><?cs /if ?>
