<?cs def:tenant_style() ?><link rel="stylesheet" href="<?cs var:Asset.TenantCss ?>"><?cs /def ?><?cs
def:tenant_sale_state(state) ?><span class="sale-state sale-<?cs var:state ?>"><?cs call:ui_icon(T.Sale.Icon[state]) ?> <?cs var:T.Sale.State[state] ?></span><?cs /def ?>
