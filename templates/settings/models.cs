<?cs call:ui_crumbs() ?>
<?cs call:ui_title(T.Settings.Models.Title) ?>
<p class="intro"><?cs var:T.Settings.Models.Intro ?></p>
<div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Settings.Models.Title ?></caption>
<thead><tr><th scope="col"><?cs var:T.Word.Model ?></th><th scope="col"><?cs var:T.Word.Maker ?></th><th scope="col"><?cs var:T.Settings.Model.Code ?></th><th scope="col"><?cs var:T.Settings.Model.Can ?></th><th scope="col" class="number"><?cs var:T.Word.Meters ?></th></tr></thead>
<tbody><?cs each:model = Models ?><tr><td data-label="<?cs var:T.Word.Model ?>"><a href="/settings/models/<?cs var:model.Id ?>"><?cs var:model.Name ?></a></td><td data-label="<?cs var:T.Word.Maker ?>"><?cs var:model.Maker ?></td><td data-label="<?cs var:T.Settings.Model.Code ?>"><code><?cs var:model.Code ?></code></td><td data-label="<?cs var:T.Settings.Model.Can ?>"><?cs if:model.IsUnread ?><?cs var:T.Settings.Model.Unread ?><?cs else ?><span class="tags"><?cs each:ability = model.Can ?><span class="tag"><?cs var:T.Settings.Model.Ability[ability.Key] ?></span> <?cs /each ?></span><?cs /if ?></td><td class="number" data-label="<?cs var:T.Word.Meters ?>"><a href="/settings/meters?model=<?cs var:model.Id ?>"><?cs var:model.Meters ?></a></td></tr>
<?cs /each ?></tbody></table></div>
