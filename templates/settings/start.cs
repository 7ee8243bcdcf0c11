<?cs call:ui_title(T.Settings.Title) ?><?cs each:entry = Nav ?><?cs if:entry.Key == "Settings" ?>
<?cs if:!entry.Part.0.Key ?><?cs call:ui_empty("shield-check", T.Settings.Start.Nothing) ?><?cs else ?>
<ul class="cards"><?cs each:card = entry.Part ?><?cs if:card.Group ?>
<li class="cards-group"><h2><?cs var:T.Settings.Start.Group[card.Group] ?></h2></li><?cs /if ?>
<li><a class="card card-link" href="<?cs var:card.Href ?>"><?cs call:ui_icon(card.Icon) ?><span><b><?cs var:T.Settings.Start[card.Key] ?></b> <?cs var:T.Settings.Start[card.Key].Hint ?></span></a></li><?cs /each ?>
</ul><?cs /if ?><?cs /if ?><?cs /each ?>
