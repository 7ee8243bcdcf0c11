<?cs call:ui_crumbs() ?>
<?cs call:ui_title(T.Settings.Place.Rooms) ?>
<?cs call:ui_errors() ?>
<form method="post" action="/settings/places/<?cs var:Place.Id ?>/rooms" class="form card"><?cs call:ui_secret() ?>
<p><?cs var:T.Settings.Place.RoomsIntro ?> <b><?cs var:Place.Path ?></b></p>
<?cs call:ui_textarea("names", T.Settings.Place.RoomNames, "4", T.Settings.Place.RoomNamesHint) ?>
<div class="toolbar"><?cs call:ui_submit("plus", T.Settings.Place.RoomsAdd) ?><a class="btn btn-quiet" href="/settings/places/<?cs var:Place.Id ?>"><?cs var:T.Word.Cancel ?></a></div>
</form>
