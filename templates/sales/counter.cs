<div class="page-head"><h1><?cs var:T.Sales.Counter.Title ?></h1></div>
