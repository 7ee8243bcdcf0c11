<?cs include!"settings/_places.cs" ?>
<?cs def:box_keep(field) ?><input type="hidden" name="<?cs var:field ?>" value="<?cs var:Form[field].Value ?>"><?cs /def ?>
<?cs call:ui_crumbs() ?>
<?cs call:ui_title(T.Settings.Box.Title) ?>
<p class="intro"><?cs var:T.Settings.Box.Intro ?></p>
<?cs call:ui_errors() ?>
<form method="get" action="/settings/meters/box#preview" class="form card">
<fieldset class="group"><legend><?cs var:T.Settings.Box.Which ?></legend>
<div class="fields"><?cs call:ui_choice("bus", T.Field.bus, "") ?><?cs call:ui_choice("model", T.Field.model, "") ?><?cs call:ui_choice("size", T.Settings.Box.Size, "") ?><?cs call:ui_input("base", T.Settings.Box.Base, "text", "off", T.Settings.Box.BaseHint) ?></div></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Box.Users ?></legend>
<div class="fields"><?cs call:ui_input("transformers", T.Settings.Box.Transformers, "text", "off", "") ?><?cs call:ui_input("ct_ratio", T.Field.ct_ratio, "text", "off", T.Settings.Box.CtHint) ?><?cs call:ui_input("three_phase", T.Settings.Box.ThreePhase, "text", "off", "") ?></div>
<p class="form-text"><?cs var:T.Settings.Box.OrderHint ?></p>
<?cs call:ui_select("credit_mode", T.Field.credit_mode, T.CreditMode) ?></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Box.Rooms ?></legend>
<?cs call:place_field(T.Settings.Box.Floor, T.Settings.Box.FloorHint) ?>
<?cs call:ui_textarea("rooms", T.Settings.Place.RoomNames, "3", T.Settings.Box.RoomsHint) ?>
<?cs call:ui_textarea("numbers", T.Settings.Box.Numbers, "6", T.Settings.Box.NumbersHint) ?></fieldset>
<div class="toolbar"><button class="btn btn-primary" type="submit" name="preview" value="1"><?cs call:ui_icon("eye") ?> <?cs var:T.Settings.Box.Preview ?></button><a class="btn btn-quiet" href="/settings/meters"><?cs var:T.Word.Cancel ?></a></div>
</form>
<?cs if:?Plan.0.Unit ?><h2 id="preview"><?cs var:T.Settings.Box.Preview ?></h2>
<div class="table-wrap"><table class="list dense"><caption class="visually-hidden"><?cs var:T.Settings.Box.Preview ?></caption>
<thead><tr><th scope="col" class="number"><?cs var:T.Field.box_position ?></th><th scope="col" class="number"><?cs var:T.Field.unit ?></th><th scope="col"><?cs var:T.Field.phases ?></th><th scope="col"><?cs var:T.Field.number ?></th><th scope="col"><?cs var:T.Word.Room ?></th><th scope="col"><?cs var:T.Settings.Box.Problem ?></th></tr></thead>
<tbody><?cs each:loop = Plan ?><?cs if:loop.Unit ?><tr><td class="number" data-label="<?cs var:T.Field.box_position ?>"><?cs var:loop.Position ?></td><td class="number" data-label="<?cs var:T.Field.unit ?>"><?cs var:loop.Unit ?><?cs if:loop.LastUnit ?>…<?cs var:loop.LastUnit ?><?cs /if ?></td><td data-label="<?cs var:T.Field.phases ?>"><span><?cs var:T.Phases[loop.Phases] ?><?cs if:loop.Ct ?> <small><?cs var:T.Field.ct_ratio ?> <?cs var:loop.Ct ?></small><?cs /if ?></span></td><td data-label="<?cs var:T.Field.number ?>"><?cs var:loop.Number ?></td><td data-label="<?cs var:T.Word.Room ?>"><?cs if:loop.Room ?><?cs var:loop.Room ?><?cs else ?>—<?cs /if ?></td><td data-label="<?cs var:T.Settings.Box.Problem ?>"><?cs if:loop.Fault ?><span class="negative"><?cs call:ui_icon("alert-circle") ?> <?cs var:loop.Fault ?></span><?cs else ?><?cs call:ui_icon("check") ?><span class="visually-hidden"><?cs var:T.Settings.Box.Fine ?></span><?cs /if ?></td></tr><?cs /if ?>
<?cs /each ?></tbody></table></div>
<?cs if:Plan.IsReady ?><form method="post" action="/settings/meters/box" class="toolbar"><?cs call:ui_secret() ?><?cs call:box_keep("bus") ?><?cs call:box_keep("model") ?><?cs call:box_keep("size") ?><?cs call:box_keep("base") ?><?cs call:box_keep("transformers") ?><?cs call:box_keep("ct_ratio") ?><?cs call:box_keep("three_phase") ?><?cs call:box_keep("credit_mode") ?><?cs call:box_keep("place") ?><textarea name="rooms" hidden><?cs var:Form.rooms.Value ?></textarea><textarea name="numbers" hidden><?cs var:Form.numbers.Value ?></textarea><button class="btn btn-primary" type="submit"><?cs call:ui_icon("plus") ?> <?cs var:Plan.Make ?></button></form><?cs else ?><p class="field-error"><?cs call:ui_icon("alert-circle") ?> <?cs var:T.Settings.Box.NotReady ?></p><?cs /if ?><?cs /if ?>
