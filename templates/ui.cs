<?cs # ui.cs - the kit. Every page and the layout have these macros without including this file.

  "if:?x" asks whether x has a value; a node that only has children has none.
  Words come in as arguments (T.…) or from the shared branches of the dictionary. Field names are
  strings: "username" stands for Form.username. A macro takes exactly the arguments shown.

  Small things
    call:ui_icon("bolt")                          an icon of tools/icons.txt
    call:ui_status(meter.Status)                  colour, icon and word of T.Status: open alarm1 … lost
    call:ui_status_before(meter.Status, meter.Before)   lost, with the last known state beside it
    call:ui_switch(meter.Switch)                  closed open partial unknown, neutral colour
    call:ui_time(meter.Seen)                      age in words, ticks in the browser; node of view_time
    call:ui_at(meter.Seen)                        the same as date and time
    call:ui_empty("search", T.Accounts.Board.Empty)   why there is nothing
    call:ui_stat("bolt", T.Word.Energy, Today.Energy, T.Unit.Kwh, Today.Href)   one number; Href may be ""
    call:ui_progress(Job.Done, Job.Total, T.Word.Total)
    call:ui_heat(bus.Hours)                       24 h strip: N.Level (none 0 1 2 3 4) and N.Text ("10:00 98 %")
    call:ui_heat_legend()                         what its colours mean, once on the page

  Page head
    call:ui_title(T.Accounts.Meters.Title)        h1 alone; with buttons write <div class="page-head"> yourself:
                                                  <div class="page-head"><h1>…</h1><div class="toolbar">…</div></div>

  Forms: <form method="post" action="…" class="form"> … </form>
    call:ui_secret()                              first thing in every form that posts
    call:ui_errors()                              summary, linked to the fields
    call:ui_field("name", T.X.Name)               one line of text
    call:ui_input("username", T.X.User, "text", "username", T.X.Hint)   any type, autocomplete and hint ("" for none)
    call:ui_password("password", T.X.Password, "current-password")
    call:ui_number("count", T.X.Count, T.Unit.Times)   whole numbers, with unit
    call:ui_money("amount", T.X.Amount)
    call:ui_day("from", T.Word.From)
    call:ui_select("mode", T.Word.Mode, T.CreditMode)   options of Form.mode.Choice, words below the branch
    call:ui_check("active", T.X.Active)
    call:ui_textarea("footer", T.X.Footer, "4", T.X.Hint)   several lines (FORM_LINES), with its rows
    call:ui_radios("mode", T.Word.Mode, T.CreditMode)   like ui_select, all choices at sight
    call:ui_checks("building", T.X.Scope)         many of a list: Form.building.Choice.N.{Value, Text, Selected};
                                                  parameter building comes once per tick
    call:ui_choice("bus", T.Word.Bus, "")         like ui_select, words of the data: Choice.N.{Value, Text, Selected}
    call:ui_number_default("limit", T.X.Limit, T.Unit.W)   may stay empty: Form.limit.Default is shown greyed
    call:ui_money_default("alarm1", T.X.Alarm1)   and below it ("empty: 50.00")
    call:ui_file("file", T.X.File, ".csv,.xlsx", T.X.Hint)   form needs enctype="multipart/form-data"
    <fieldset class="group"><legend>…</legend> … </fieldset>   fields that belong together;
                                                  <div class="fields"> inside puts short ones side by side
    call:ui_submit("check", T.Word.Save)          the main button; others: <button class="btn btn-quiet">
    call:ui_danger("trash", T.Word.Delete)        the button of a deed that cannot be undone
    call:ui_revision()                            hidden field Form.revision.Value of an edit form
    call:ui_conflict()                            who saved meanwhile, and what (show_conflict), above ui_errors
    call:ui_changed()                             "last changed by … at …" (show_changed)

  Steps and changes
    call:ui_crumbs()                              first line of a page below the first level (crumb())
    call:ui_steps(Steps)                          a wizard: N.Text, .Href (of steps done), .Current; in order
    call:ui_change(row.Before, row.After)         old value struck out, arrow, new value

  Lists (list.h)
    call:ui_search(T.Accounts.Meters.Search)      search box of the list, keeps the filters
    call:ui_chips(Chips)                          filter by state: N.Status .Count .Href .Current
    call:ui_export()                              Excel and CSV of the current filter
    <div class="table-wrap"><table class="list"><caption>…</caption>
      <thead><tr>call:ui_th("room", T.Word.Room) call:ui_th_number("credit", T.Word.Balance) <th scope="col">…</th></tr></thead>
      <tbody><tr><td data-label="(the head's word)">…</td><td class="number" data-label="…">…</td></tr></tbody></table></div>
                                                  below 576 px rows become cards, with data-label as their heads
    call:ui_list_end()                            empty state or range and pages
    call:ui_tick("meter", meter.Id, T.List.SelectRow)   check box of a row or tile; put data-ticks on the
                                                  form around; <input type="checkbox" data-tick-all> ticks
                                                  all of it or of the data-tick-group it is in,
                                                  <button type="button" data-tick-clear> none;
                                                  <span data-tick-count data-text="(T.List.Selected)">

  Time and charts
    call:ui_navigator(Navigator)                  Navigator.Unit.N.{Key (Day Week Month Year), Href, Current},
                                                  .Previous.Href .Next.Href .Today.Href .Text;
                                                  .Pick.{Action, Name, Type, Value} and .Pick.Keep.N.{Name, Value}
    call:ui_chart("use")                          where the chart of the table with that id goes
    <table class="list" id="use" data-chart="bar" data-stacked> first column: labels; each further
      <th data-series data-unit="kWh" data-color="peak" data-axis="right" data-kind="line"> is a series; cells hold
      <td data-value="12.5">12.50</td>, no data-value is a gap; <tr data-href="…"> opens on a click.
      Colours: sharp peak flat valley, or 1 … 6; color, axis and kind may be left out.
    call:ui_chart_scripts()                       once, at the end of a page with a chart

  Refreshing: one element with an id around the whole page,
    <div id="board" hx-get="(Page.Here)" hx-trigger="every 15s" hx-swap="outerMorph"> … </div>
  and an id on each row or tile. Ticks, focus and elements stay; hidden windows do not ask; an answer that
  failed leaves the page and says so. Without hx-select, so that the program sends the fragment only.
  Page.Refresh (seconds, set by the handler) does it without script.
?><?cs

def:ui_icon(icon) ?><svg class="icon" aria-hidden="true"><use href="<?cs var:Asset.IconsSvg ?>#<?cs var:icon ?>"/></svg><?cs /def ?><?cs

def:ui_status(status) ?><span class="status status-<?cs var:status ?>" title="<?cs var:T.Status[status].Hint ?>"><svg class="icon" aria-hidden="true"><use href="<?cs var:Asset.IconsSvg ?>#status-<?cs var:status ?>"/></svg><?cs var:T.Status[status] ?></span><?cs /def ?><?cs

def:ui_status_before(status, before) ?><?cs call:ui_status(status) ?><?cs if:before ?> <span class="before"><?cs var:T.Status.Before ?><?cs var:T.Status[before] ?></span><?cs /if ?><?cs /def ?><?cs

def:ui_switch(state) ?><span class="switch" title="<?cs var:T.Switch[state].Hint ?>"><svg class="icon" aria-hidden="true"><use href="<?cs var:Asset.IconsSvg ?>#switch-<?cs var:state ?>"/></svg><?cs var:T.Switch[state] ?></span><?cs /def ?><?cs

def:ui_time(time) ?><?cs if:?time.At ?><time class="age<?cs if:time.IsOld ?> is-old<?cs /if ?>" datetime="<?cs var:time.At ?>" title="<?cs var:time.Text ?>"><?cs var:time.Age ?></time><?cs if:time.IsOld ?><span class="is-old" title="<?cs var:T.Age.Old ?>"><?cs call:ui_icon("clock-exclamation") ?><span class="visually-hidden"><?cs var:T.Age.Old ?></span></span><?cs /if ?><?cs else ?><span class="age"><?cs var:T.Age.Never ?></span><?cs /if ?><?cs /def ?><?cs

def:ui_at(time) ?><?cs if:?time.At ?><time datetime="<?cs var:time.At ?>"><?cs var:time.Text ?></time><?cs /if ?><?cs /def ?><?cs

def:ui_empty(icon, text) ?><div class="empty"><?cs call:ui_icon(icon) ?><p><?cs var:text ?></p></div><?cs /def ?><?cs

def:ui_stat(icon, label, value, unit, href) ?><div class="stat"><div class="stat-label"><?cs call:ui_icon(icon) ?> <?cs var:label ?></div><div class="stat-value"><?cs if:href ?><a href="<?cs var:href ?>"><?cs var:value ?></a><?cs else ?><?cs var:value ?><?cs /if ?><?cs if:unit ?> <small><?cs var:unit ?></small><?cs /if ?></div></div><?cs /def ?><?cs

def:ui_progress(done, total, label) ?><div class="progress-line"><progress max="<?cs var:total ?>" value="<?cs var:done ?>" aria-label="<?cs var:label ?>"></progress> <span><?cs var:done ?> / <?cs var:total ?></span></div><?cs /def ?><?cs

def:ui_heat(hours) ?><span class="heat" role="img" aria-label="<?cs var:T.Heat.Label ?>"><?cs each:hour = hours ?><i class="heat-<?cs var:hour.Level ?>" title="<?cs var:hour.Text ?>"></i><?cs /each ?></span><?cs /def ?><?cs

def:ui_heat_legend() ?><p class="legend"><i class="heat-4"></i> 100 % <i class="heat-3"></i> ≥ 99 % <i class="heat-2"></i> ≥ 90 % <i class="heat-1"></i> &lt; 90 % <i class="heat-0"></i> 0 % <i class="heat-none"></i> <?cs var:T.Heat.None ?></p><?cs /def ?><?cs

def:ui_title(text) ?><div class="page-head"><h1><?cs var:text ?></h1></div><?cs /def ?><?cs

def:ui_secret() ?><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><?cs /def ?><?cs

def:ui_errors() ?><?cs if:?Form.Errors.0.Text ?><div class="notice notice-danger" role="alert" tabindex="-1" id="errors"><?cs call:ui_icon("alert-circle") ?><div><strong><?cs var:T.Error.Summary ?></strong><ul><?cs each:error = Form.Errors ?><li><?cs if:error.Field ?><a href="#<?cs var:error.Field ?>"><?cs var:error.Text ?></a><?cs else ?><?cs var:error.Text ?><?cs /if ?></li><?cs /each ?></ul></div></div><?cs /if ?><?cs /def ?><?cs

def:ui_label(field, label) ?><label class="form-label" for="<?cs var:field ?>"><?cs var:label ?><?cs if:Form[field].Required ?> <span class="required" title="<?cs var:T.Word.Required ?>" aria-hidden="true">*</span><?cs /if ?></label><?cs /def ?><?cs

def:ui_attributes(field) ?> id="<?cs var:field ?>" name="<?cs var:field ?>"<?cs if:Form[field].Required ?> aria-required="true"<?cs /if ?><?cs if:Form[field].Error ?> aria-invalid="true" aria-describedby="<?cs var:field ?>-error"<?cs /if ?><?cs /def ?><?cs

def:ui_error(field) ?><?cs if:Form[field].Error ?><div class="field-error" id="<?cs var:field ?>-error"><?cs call:ui_icon("alert-circle") ?> <?cs var:Form[field].Error ?></div><?cs /if ?><?cs /def ?><?cs

def:ui_input(field, label, type, autocomplete, hint) ?><div class="field"><?cs call:ui_label(field, label) ?><input class="form-control" type="<?cs var:type ?>"<?cs call:ui_attributes(field) ?> value="<?cs var:Form[field].Value ?>"<?cs if:autocomplete ?> autocomplete="<?cs var:autocomplete ?>"<?cs /if ?>><?cs call:ui_error(field) ?><?cs if:hint ?><div class="form-text"><?cs var:hint ?></div><?cs /if ?></div><?cs /def ?><?cs

def:ui_field(field, label) ?><?cs call:ui_input(field, label, "text", "off", "") ?><?cs /def ?><?cs

def:ui_password(field, label, autocomplete) ?><?cs call:ui_input(field, label, "password", autocomplete, "") ?><?cs /def ?><?cs

def:ui_day(field, label) ?><?cs call:ui_input(field, label, "date", "off", "") ?><?cs /def ?><?cs

def:ui_number(field, label, unit) ?><div class="field"><?cs call:ui_label(field, label) ?><div class="input-group"><input class="form-control number" type="text" inputmode="numeric" autocomplete="off"<?cs call:ui_attributes(field) ?> value="<?cs var:Form[field].Value ?>"><?cs if:unit ?><span class="input-group-text"><?cs var:unit ?></span><?cs /if ?></div><?cs call:ui_error(field) ?></div><?cs /def ?><?cs

def:ui_money(field, label) ?><div class="field"><?cs call:ui_label(field, label) ?><div class="input-group"><span class="input-group-text"><?cs var:Site.Currency ?></span><input class="form-control number" type="text" inputmode="decimal" autocomplete="off"<?cs call:ui_attributes(field) ?> value="<?cs var:Form[field].Value ?>"></div><?cs call:ui_error(field) ?></div><?cs /def ?><?cs

def:ui_select(field, label, words) ?><div class="field"><?cs call:ui_label(field, label) ?><select class="form-select"<?cs call:ui_attributes(field) ?>><?cs each:choice = Form[field].Choice ?><option value="<?cs var:choice.Value ?>"<?cs if:choice.Selected ?> selected<?cs /if ?>><?cs var:words[choice.Value] ?></option><?cs /each ?></select><?cs call:ui_error(field) ?></div><?cs /def ?><?cs

def:ui_check(field, label) ?><div class="field form-check"><input class="form-check-input" type="checkbox" value="1"<?cs call:ui_attributes(field) ?><?cs if:Form[field].Checked ?> checked<?cs /if ?>><label class="form-check-label" for="<?cs var:field ?>"><?cs var:label ?></label><?cs call:ui_error(field) ?></div><?cs /def ?><?cs

def:ui_hint(field, hint) ?><?cs if:hint ?><div class="form-text"><?cs var:hint ?></div><?cs /if ?><?cs if:Form[field].Default ?><div class="form-text"><?cs var:T.Form.Default ?> <?cs var:Form[field].Default ?></div><?cs /if ?><?cs /def ?><?cs

def:ui_textarea(field, label, rows, hint) ?><div class="field"><?cs call:ui_label(field, label) ?><textarea class="form-control" rows="<?cs var:rows ?>"<?cs call:ui_attributes(field) ?>><?cs var:Form[field].Value ?></textarea><?cs call:ui_error(field) ?><?cs call:ui_hint(field, hint) ?></div><?cs /def ?><?cs

def:ui_radios(field, legend, words) ?><fieldset class="field" id="<?cs var:field ?>"<?cs if:Form[field].Error ?> aria-describedby="<?cs var:field ?>-error"<?cs /if ?>><legend class="form-label"><?cs var:legend ?></legend><?cs each:choice = Form[field].Choice ?><div class="form-check"><input class="form-check-input" type="radio" id="<?cs var:field ?>-<?cs var:choice.Value ?>" name="<?cs var:field ?>" value="<?cs var:choice.Value ?>"<?cs if:choice.Selected ?> checked<?cs /if ?>><label class="form-check-label" for="<?cs var:field ?>-<?cs var:choice.Value ?>"><?cs var:words[choice.Value] ?></label></div><?cs /each ?><?cs call:ui_error(field) ?></fieldset><?cs /def ?><?cs

def:ui_checks(field, legend) ?><fieldset class="field" id="<?cs var:field ?>"<?cs if:Form[field].Error ?> aria-describedby="<?cs var:field ?>-error"<?cs /if ?>><legend class="form-label"><?cs var:legend ?></legend><div class="checks"><?cs each:choice = Form[field].Choice ?><div class="form-check"><input class="form-check-input" type="checkbox" id="<?cs var:field ?>-<?cs var:choice.Value ?>" name="<?cs var:field ?>" value="<?cs var:choice.Value ?>"<?cs if:choice.Selected ?> checked<?cs /if ?>><label class="form-check-label" for="<?cs var:field ?>-<?cs var:choice.Value ?>"><?cs var:choice.Text ?></label></div><?cs /each ?></div><?cs call:ui_error(field) ?></fieldset><?cs /def ?><?cs

def:ui_choice(field, label, hint) ?><div class="field"><?cs call:ui_label(field, label) ?><select class="form-select"<?cs call:ui_attributes(field) ?>><?cs each:choice = Form[field].Choice ?><option value="<?cs var:choice.Value ?>"<?cs if:choice.Selected ?> selected<?cs /if ?>><?cs var:choice.Text ?></option><?cs /each ?></select><?cs call:ui_error(field) ?><?cs call:ui_hint(field, hint) ?></div><?cs /def ?><?cs

def:ui_number_default(field, label, unit) ?><div class="field"><?cs call:ui_label(field, label) ?><div class="input-group"><input class="form-control number" type="text" inputmode="numeric" autocomplete="off"<?cs call:ui_attributes(field) ?> value="<?cs var:Form[field].Value ?>" placeholder="<?cs var:Form[field].Default ?>"><?cs if:unit ?><span class="input-group-text"><?cs var:unit ?></span><?cs /if ?></div><?cs call:ui_error(field) ?><?cs call:ui_hint(field, "") ?></div><?cs /def ?><?cs

def:ui_money_default(field, label) ?><div class="field"><?cs call:ui_label(field, label) ?><div class="input-group"><span class="input-group-text"><?cs var:Site.Currency ?></span><input class="form-control number" type="text" inputmode="decimal" autocomplete="off"<?cs call:ui_attributes(field) ?> value="<?cs var:Form[field].Value ?>" placeholder="<?cs var:Form[field].Default ?>"></div><?cs call:ui_error(field) ?><?cs call:ui_hint(field, "") ?></div><?cs /def ?><?cs

def:ui_file(field, label, accept, hint) ?><div class="field"><?cs call:ui_label(field, label) ?><input class="form-control" type="file" accept="<?cs var:accept ?>"<?cs call:ui_attributes(field) ?>><?cs call:ui_error(field) ?><?cs call:ui_hint(field, hint) ?></div><?cs /def ?><?cs

def:ui_danger(icon, label) ?><button class="btn btn-danger" type="submit"><?cs call:ui_icon(icon) ?> <?cs var:label ?></button><?cs /def ?><?cs

def:ui_revision() ?><input type="hidden" name="revision" value="<?cs var:Form.revision.Value ?>"><?cs /def ?><?cs

def:ui_change(before, after) ?><span class="change"><?cs if:before ?><del><?cs var:before ?></del><?cs else ?><span class="missing"><?cs var:T.Form.Nothing ?></span><?cs /if ?> <span aria-hidden="true">→</span> <?cs if:after ?><ins><?cs var:after ?></ins><?cs else ?><span class="missing"><?cs var:T.Form.Nothing ?></span><?cs /if ?></span><?cs /def ?><?cs

def:ui_conflict() ?><?cs if:?Conflict.0.By ?><div class="notice notice-warning" role="alert"><?cs call:ui_icon("alert-triangle") ?><div><strong><?cs var:T.Form.Meanwhile ?></strong><?cs each:save = Conflict ?><p class="conflict"><?cs var:save.By ?> · <?cs call:ui_at(save.At) ?></p><ul><?cs each:change = save.Change ?><li><?cs var:change.Word ?>: <?cs call:ui_change(change.Before, change.After) ?></li><?cs /each ?></ul><?cs /each ?><p><?cs var:T.Form.MeanwhileAdvice ?></p></div></div><?cs /if ?><?cs /def ?><?cs

def:ui_changed() ?><?cs if:Changed.By ?><p class="changed"><?cs call:ui_icon("history") ?> <?cs var:T.Form.ChangedBy ?> <?cs var:Changed.By ?> · <?cs call:ui_at(Changed.At) ?></p><?cs /if ?><?cs /def ?><?cs

def:ui_crumbs() ?><nav class="crumbs" aria-label="<?cs var:T.Form.Crumbs ?>"><ol><?cs each:entry = Nav ?><?cs if:entry.Current || entry.IsAround ?><li><a href="<?cs var:entry.Href ?>"><?cs var:T.Nav[entry.Key] ?></a></li><?cs /if ?><?cs each:part = entry.Part ?><?cs if:part.Current ?><li><?cs if:?Crumbs.0.Text || Page.Path != part.Href ?><a href="<?cs var:part.Href ?>"><?cs var:T.Settings.Start[part.Key] ?></a><?cs else ?><span aria-current="page"><?cs var:T.Settings.Start[part.Key] ?></span><?cs /if ?></li><?cs /if ?><?cs /each ?><?cs /each ?><?cs each:step = Crumbs ?><li><?cs if:step.Href ?><a href="<?cs var:step.Href ?>"><?cs var:step.Text ?></a><?cs else ?><span aria-current="page"><?cs var:step.Text ?></span><?cs /if ?></li><?cs /each ?></ol></nav><?cs /def ?><?cs

def:ui_steps(steps) ?><ol class="steps"><?cs each:step = steps ?><li<?cs if:step.Current ?> aria-current="step"<?cs elif:step.Href ?> class="is-done"<?cs /if ?>><?cs if:step.Href ?><a href="<?cs var:step.Href ?>"><?cs call:ui_icon("check") ?> <?cs var:step.Text ?></a><?cs else ?><?cs var:step.Text ?><?cs /if ?></li><?cs /each ?></ol><?cs /def ?><?cs

def:ui_submit(icon, label) ?><button class="btn btn-primary" type="submit"><?cs if:icon ?><?cs call:ui_icon(icon) ?> <?cs /if ?><?cs var:label ?></button><?cs /def ?><?cs

def:ui_search(placeholder) ?><form class="search" method="get"><?cs each:keep = List.Keep ?><input type="hidden" name="<?cs var:keep.Name ?>" value="<?cs var:keep.Value ?>"><?cs /each ?><input class="form-control" type="search" name="q" id="list-search" value="<?cs var:List.Search ?>" placeholder="<?cs var:placeholder ?>" aria-label="<?cs var:placeholder ?>" autocomplete="off"><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("search") ?><span class="visually-hidden"><?cs var:T.Word.Search ?></span></button><?cs if:List.IsFiltered ?><a class="btn btn-quiet" href="<?cs var:List.Reset.Href ?>"><?cs call:ui_icon("x") ?> <?cs var:T.List.ClearFilter ?></a><?cs /if ?></form><?cs /def ?><?cs

def:ui_chips(chips) ?><ul class="chips"><?cs each:chip = chips ?><li><a class="chip<?cs if:chip.Status ?> status-<?cs var:chip.Status ?><?cs /if ?>" href="<?cs var:chip.Href ?>"<?cs if:chip.Current ?> aria-current="true"<?cs /if ?>><?cs if:chip.Status ?><svg class="icon" aria-hidden="true"><use href="<?cs var:Asset.IconsSvg ?>#status-<?cs var:chip.Status ?>"/></svg><?cs var:T.Status[chip.Status] ?><?cs else ?><?cs var:T.Word.All ?><?cs /if ?> <b><?cs var:chip.Count ?></b></a></li><?cs /each ?></ul><?cs /def ?><?cs

def:ui_export() ?><?cs if:?List.Export.Xlsx.Href ?><a class="btn btn-quiet" href="<?cs var:List.Export.Xlsx.Href ?>" title="<?cs var:T.List.ExportHint ?>" download><?cs call:ui_icon("file-spreadsheet") ?> <?cs var:T.List.ExportXlsx ?></a><a class="btn btn-quiet" href="<?cs var:List.Export.Csv.Href ?>" title="<?cs var:T.List.ExportHint ?>" download><?cs call:ui_icon("download") ?> <?cs var:T.List.ExportCsv ?></a><?cs /if ?><?cs /def ?><?cs

def:ui_sort(column, label) ?><?cs if:?List.Sort[column].Href ?><a href="<?cs var:List.Sort[column].Href ?>" title="<?cs var:T.List.SortBy ?>"><?cs var:label ?><?cs if:List.Sort[column].Aria == "ascending" ?><?cs call:ui_icon("arrow-up") ?><?cs elif:List.Sort[column].Aria == "descending" ?><?cs call:ui_icon("arrow-down") ?><?cs else ?><?cs call:ui_icon("selector") ?><?cs /if ?></a><?cs else ?><?cs var:label ?><?cs /if ?><?cs /def ?><?cs

def:ui_th(column, label) ?><th scope="col"<?cs if:?List.Sort[column].Aria ?> aria-sort="<?cs var:List.Sort[column].Aria ?>"<?cs /if ?>><?cs call:ui_sort(column, label) ?></th><?cs /def ?><?cs

def:ui_th_number(column, label) ?><th scope="col" class="number"<?cs if:?List.Sort[column].Aria ?> aria-sort="<?cs var:List.Sort[column].Aria ?>"<?cs /if ?>><?cs call:ui_sort(column, label) ?></th><?cs /def ?><?cs

def:ui_tick(field, value, label) ?><input class="form-check-input tick" type="checkbox" name="<?cs var:field ?>" value="<?cs var:value ?>" aria-label="<?cs var:label ?>" autocomplete="off"><?cs /def ?><?cs

def:ui_pager() ?><?cs if:?List.Next.Href || ?List.Previous.Href ?><nav class="pager" aria-label="<?cs var:T.List.Pages ?>"><?cs if:?List.Previous.Href ?><a class="btn btn-quiet" rel="prev" href="<?cs var:List.Previous.Href ?>" aria-label="<?cs var:T.Word.Previous ?>"><?cs call:ui_icon("chevron-left") ?></a><?cs /if ?><?cs each:page = List.Pager ?><?cs if:page.IsGap ?><span class="gap">…</span><?cs elif:page.Current ?><span class="btn btn-quiet" aria-current="page"><?cs var:page.Page ?></span><?cs else ?><a class="btn btn-quiet" href="<?cs var:page.Href ?>"><?cs var:page.Page ?></a><?cs /if ?><?cs /each ?><?cs if:?List.Next.Href ?><a class="btn btn-quiet" rel="next" href="<?cs var:List.Next.Href ?>" aria-label="<?cs var:T.Word.Next ?>"><?cs call:ui_icon("chevron-right") ?></a><?cs /if ?></nav><?cs /if ?><?cs /def ?><?cs

def:ui_list_end() ?><?cs if:List.Total == "0" ?><?cs if:List.IsFiltered ?><?cs call:ui_empty("search", T.List.EmptyFilter) ?><p class="text-center"><a class="btn btn-quiet" href="<?cs var:List.Reset.Href ?>"><?cs var:T.List.ClearFilter ?></a></p><?cs else ?><?cs call:ui_empty("table", T.List.Empty) ?><?cs /if ?><?cs else ?><div class="list-end"><span><?cs var:List.RangeText ?></span><?cs call:ui_pager() ?></div><?cs /if ?><?cs /def ?><?cs

def:ui_navigator(navigator) ?><nav class="navigator" aria-label="<?cs var:T.Date.Navigator ?>"><?cs if:?navigator.Unit.0.Key ?><span class="segments"><?cs each:unit = navigator.Unit ?><a class="segment" href="<?cs var:unit.Href ?>"<?cs if:unit.Current ?> aria-current="true"<?cs /if ?>><?cs var:T.Date[unit.Key] ?></a><?cs /each ?></span><?cs /if ?><span class="segments"><?cs if:?navigator.Previous.Href ?><a class="segment" rel="prev" href="<?cs var:navigator.Previous.Href ?>" aria-label="<?cs var:T.Date.Previous ?>"><?cs call:ui_icon("chevron-left") ?></a><?cs /if ?><strong class="segment"><?cs var:navigator.Text ?></strong><?cs if:?navigator.Next.Href ?><a class="segment" rel="next" href="<?cs var:navigator.Next.Href ?>" aria-label="<?cs var:T.Date.Next ?>"><?cs call:ui_icon("chevron-right") ?></a><?cs /if ?></span><?cs if:?navigator.Today.Href ?><a class="btn btn-quiet" href="<?cs var:navigator.Today.Href ?>"><?cs var:T.Date.Today ?></a><?cs /if ?><?cs if:?navigator.Pick.Name ?><form class="search" method="get" action="<?cs var:navigator.Pick.Action ?>"><?cs each:keep = navigator.Pick.Keep ?><input type="hidden" name="<?cs var:keep.Name ?>" value="<?cs var:keep.Value ?>"><?cs /each ?><input class="form-control" type="<?cs var:navigator.Pick.Type ?>" name="<?cs var:navigator.Pick.Name ?>" value="<?cs var:navigator.Pick.Value ?>" aria-label="<?cs var:T.Date.Pick ?>"><button class="btn btn-quiet" type="submit"><?cs var:T.Date.Go ?></button></form><?cs /if ?></nav><?cs /def ?><?cs

def:ui_flash() ?><?cs if:Flash.Text ?><div class="notice" role="status" id="flash"><?cs call:ui_icon("info-circle") ?><div><?cs var:Flash.Text ?></div></div><?cs /if ?><?cs /def ?><?cs

def:ui_chart(table) ?><figure class="chart" data-chart-of="<?cs var:table ?>" aria-label="<?cs var:T.Chart.Label ?>"></figure><?cs /def ?><?cs

def:ui_chart_scripts() ?><script src="<?cs var:Asset.ChartUmdMinJs ?>" defer></script><script src="<?cs var:Asset.ChartJs ?>" defer></script><?cs /def ?>
