<?cs def:sale_state(state) ?><span class="order-state sale-<?cs var:state ?>"><?cs call:ui_icon(T.Sale.Icon[state]) ?> <?cs var:T.Sale.State[state] ?></span><?cs /def ?><?cs
def:sale_fact(label, value) ?><?cs if:value ?><div><dt><?cs var:label ?></dt><dd><?cs var:value ?></dd></div><?cs /if ?><?cs /def ?><?cs
def:sale_lines(lines) ?><?cs each:line = lines ?><div><dt><?cs var:line.Name ?></dt><dd class="number"><?cs var:line.Amount ?></dd></div><?cs /each ?><?cs /def ?>
