/* Draws Chart.js from tables that are on the page; ui.cs says how they are marked. */
(function () {
	"use strict";
	var doc = document, charts = new Map();

	function style(name) {
		return getComputedStyle(doc.documentElement).getPropertyValue(name).trim();
	}

	function colour(name, index) {
		return style("--" + (/^\d$/.test(name || "") ? "c" + name : name || "c" + (index % 6 + 1)));
	}

	function number(cell) {
		return cell && cell.dataset.value !== undefined && cell.dataset.value !== "" ? Number(cell.dataset.value) : null;
	}

	/* Each series of the head with its column of numbers; an empty cell stays a gap. */
	function series(table, rows) {
		var list = [];
		Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
			if (head.dataset.series === undefined)
				return;
			var fill = colour(head.dataset.color, list.length), kind = head.dataset.kind || table.dataset.chart;
			list.push({
				type: kind, label: head.textContent.trim(), unit: head.dataset.unit || "",
				data: rows.map(function (row) { return number(row.cells[column]); }),
				backgroundColor: fill, borderColor: fill, borderWidth: kind === "line" ? 2 : 0,
				pointRadius: rows.length > 60 ? 0 : 2, spanGaps: false, stepped: head.dataset.stepped !== undefined,
				yAxisID: head.dataset.axis === "right" ? "right" : "left",
				stack: kind === "bar" && table.dataset.stacked !== undefined ? "all" : undefined,
				order: kind === "line" ? 0 : 1
			});
		});
		return list;
	}

	function axis(list, side) {
		var mine = list.filter(function (s) { return s.yAxisID === side; });
		return {
			display: mine.length > 0, position: side, beginAtZero: true, stacked: mine.some(function (s) { return s.stack; }),
			title: { display: true, text: mine.length ? mine[0].unit : "", color: style("--muted") },
			ticks: { color: style("--muted") }, border: { color: style("--line") },
			grid: { color: style("--line"), drawOnChartArea: side === "left" }
		};
	}

	function draw(figure) {
		var table = doc.getElementById(figure.dataset.chartOf);
		if (!table || !table.tHead)
			return;
		var rows = Array.from(table.tBodies[0].rows), list = series(table, rows);
		var canvas = doc.createElement("canvas");
		if (charts.has(figure))
			charts.get(figure).destroy();
		canvas.setAttribute("role", "img");
		canvas.setAttribute("aria-label", figure.getAttribute("aria-label") || "");
		figure.replaceChildren(canvas);
		charts.set(figure, new window.Chart(canvas, {
			type: table.dataset.chart,
			data: { labels: rows.map(function (row) { return row.cells[0].textContent.trim(); }), datasets: list },
			options: {
				animation: false, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
				scales: {
					x: { stacked: list.some(function (s) { return s.stack; }), ticks: { color: style("--muted"), maxRotation: 0 }, grid: { display: false }, border: { color: style("--line") } },
					left: axis(list, "left"), right: axis(list, "right")
				},
				plugins: {
					legend: { display: list.length > 1, labels: { color: style("--bs-body-color"), boxWidth: 12 } },
					tooltip: { callbacks: { label: function (item) {
						return item.raw === null ? "" : item.dataset.label + " " + item.raw + " " + item.dataset.unit;
					} } }
				},
				onClick: function (event, items) {
					var href = items.length && rows[items[0].index].dataset.href;
					if (href)
						location.assign(href);
				},
				onHover: function (event, items) {
					canvas.style.cursor = items.length && rows[items[0].index].dataset.href ? "pointer" : "";
				}
			}
		}));
	}

	function drawAll() {
		charts.forEach(function (chart, figure) {
			if (!figure.isConnected) {
				chart.destroy();
				charts.delete(figure);
			}
		});
		doc.querySelectorAll("figure[data-chart-of]").forEach(draw);
	}

	drawAll();
	doc.addEventListener("htmx:after:swap", drawAll);
	window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
