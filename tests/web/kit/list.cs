<?cs call:ui_title(T.Nav.Meters) ?>
<?cs call:ui_search(T.Frame.Search) ?>
<div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Nav.Meters ?></caption>
<thead><tr><?cs call:ui_th("room", T.Word.Room) ?><th scope="col"><?cs var:T.Word.Tenant ?></th><?cs call:ui_th_number("credit", T.Word.Balance) ?><th scope="col"><?cs var:T.Word.State ?></th><th scope="col"><?cs var:T.Word.Relay ?></th><th scope="col"><?cs var:T.Heat.Label ?></th><th scope="col"><?cs var:T.Word.Age ?></th></tr></thead>
<tbody><?cs each:row = Tiles ?><tr><td data-label="<?cs var:T.Word.Room ?>"><a href="<?cs var:row.Href ?>"><?cs var:row.Room ?></a></td><td data-label="<?cs var:T.Word.Tenant ?>"><?cs var:row.Name ?></td><td class="number" data-label="<?cs var:T.Word.Balance ?>"><?cs var:row.Balance ?></td><td data-label="<?cs var:T.Word.State ?>"><?cs call:ui_status_before(row.Status, row.Before) ?></td><td data-label="<?cs var:T.Word.Relay ?>"><?cs call:ui_switch(row.Switch) ?></td><td data-label="<?cs var:T.Heat.Label ?>"><?cs call:ui_heat(Hours) ?></td><td data-label="<?cs var:T.Word.Age ?>"><?cs call:ui_time(row.Seen) ?></td></tr><?cs /each ?></tbody></table></div>
<?cs call:ui_list_end() ?>
<?cs call:ui_heat_legend() ?>
