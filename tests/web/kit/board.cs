<div id="board" hx-get="<?cs var:Page.Here ?>" hx-trigger="every 1s" hx-swap="outerMorph">
<div class="page-head"><h1><?cs var:T.Nav.Board ?></h1><div class="toolbar"><?cs call:ui_export() ?></div></div>
<div class="stats"><?cs call:ui_stat("bolt", T.Word.Energy, "1,284.50", T.Unit.Kwh, "") ?><?cs call:ui_stat("router", T.Word.Gateway, "7 / 7", "", "/gateways") ?></div>
<?cs call:ui_chips(Chips) ?>
<form data-ticks><section class="floor"><h2><?cs var:T.Word.Floor ?></h2><ul class="tiles"><?cs each:tile = Tiles ?><li class="tile status-<?cs var:tile.Status ?>" id="m<?cs var:tile.Id ?>"><?cs call:ui_tick("m", tile.Id, T.List.SelectRow) ?><a class="tile-link" href="<?cs var:tile.Href ?>"><span class="tile-head"><strong><?cs var:tile.Room ?></strong><?cs call:ui_status(tile.Status) ?></span><span class="tile-name"><?cs var:tile.Name ?></span><span class="tile-value"><?cs var:tile.Balance ?></span><span class="tile-foot"><?cs call:ui_switch(tile.Switch) ?><?cs call:ui_time(tile.Seen) ?></span></a></li><?cs /each ?></ul></section>
<div class="bulk"><label><input class="form-check-input" type="checkbox" data-tick-all autocomplete="off"><?cs var:T.List.SelectPage ?></label> <span data-tick-count data-text="<?cs var:T.List.Selected ?>"></span></div></form>
</div>
