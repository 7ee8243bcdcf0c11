#include "demo_building.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define LOOPS 36

const struct demo_line_definition demo_lines[DEMO_LINES] = {
	[DEMO_LINE_A] = { "a", "GW-01 一至四层", "rtu_tcp" },
	[DEMO_LINE_B] = { "b", "GW-01 五至七层", "rtu_tcp" },
	[DEMO_LINE_MAIN] = { "main", "GW-02 配电室", "tcp" },
	[DEMO_LINE_PARK] = { "park", "采集机串口", "rtu" },
};

static const char *const house_names[] = { "云集", "星河", "海纳", "锦程", "万象", "明德", "嘉禾",
	"远景", "汇通", "蓝鲸", "青禾", "九州", "极光", "拾光", "橙心", "木棉", "北辰", "南风",
	"知行", "千寻", "百川", "沐阳", "鹿鸣", "山海" };

struct kind {
	const char *simulator;
	int scale_percent;
	const char
	    *words[6]; /* what such a tenant is called after its house name; ends with NULL */
};

enum { OFFICE, SHOP, RESTAURANT, SALON, SERVER, STORAGE };

static const struct kind kinds[] = {
	[OFFICE] = { "office", 100,
	    { "电子商务", "网络科技", "信息技术", "文化传媒", "供应链", NULL } },
	[SHOP] = { "shop", 100, { "便利店", "服饰", "数码", "母婴用品", NULL } },
	[RESTAURANT] = { "restaurant", 100, { "小面馆", "川味轩", "咖啡", "茶饮", "快餐", NULL } },
	[SALON] = { "salon", 100, { "美甲", "健身", "理发", NULL } },
	[SERVER] = { "server", 100, { "数据机房", NULL } },
	[STORAGE] = { "storage", 100, { "仓储", "快递驿站", NULL } },
};

static const char *const owners[] = { "王伟", "李娜", "张敏", "刘洋", "陈静", "杨磊", "赵倩",
	"黄涛", "周婷", "吴刚", "徐丽", "孙鹏", "马超", "朱琳", "胡军" };

/* Three-phase users of each floor's box; the restaurants of the ground floor need more. */
static const int three_phase[DEMO_FLOORS + 1] = { 0, 4, 1, 1, 1, 1, 1, 2 };

/* A number that looks random and is the same at every start. */
static unsigned
scatter(unsigned seed)
{
	seed ^= seed >> 16;
	seed *= 0x7feb352dU;
	seed ^= seed >> 15;
	seed *= 0x846ca68bU;
	return seed ^ (seed >> 16);
}

static unsigned
kind_of(int floor, int room, int phases)
{
	unsigned dice = scatter((unsigned)(floor * 100 + room)) % 100;

	if (phases == 3)
		return floor == 1 ? RESTAURANT : floor == 5 ? SERVER : OFFICE;
	if (floor == 1)
		return dice < 45 ? SHOP : dice < 80 ? RESTAURANT : SALON;
	if (floor == 2)
		return dice < 50 ? SHOP : dice < 75 ? SALON : OFFICE;
	return dice < 88 ? OFFICE : dice < 96 ? STORAGE : SALON;
}

static void
tenant_name(struct demo_meter *m, unsigned kind, unsigned dice, unsigned sequence)
{
	size_t words = 0;

	while (kinds[kind].words[words] != NULL)
		words++;
	/* The house name walks with the room so that no two tenants share name and kind. */
	snprintf(m->tenant, sizeof m->tenant, "%s%s",
	    house_names[(sequence * 7) % (sizeof house_names / sizeof *house_names)],
	    kinds[kind].words[(sequence / 24 + dice) % words]);
	snprintf(m->phone, sizeof m->phone, "13%u%08u", 3 + dice % 7,
	    scatter(sequence + 77) % 100000000U);
}

/* One user of a box. About one room in fourteen is empty, a few run low. */
static void
fill_user(struct demo_meter *m, int floor, int room, int phases, unsigned sequence)
{
	unsigned dice = scatter(sequence * 31 + 5) % 1000;
	unsigned kind = kind_of(floor, room, phases);

	m->floor = floor;
	m->phases = phases;
	m->model = "adf300";
	m->tenant_kind = kinds[kind].simulator;
	m->scale_percent = (phases == 3 ? 300 : 60) + (int)(scatter(sequence) % 80);
	snprintf(m->room, sizeof m->room, "%d%02d", floor, room);
	snprintf(m->number, sizeof m->number, "2023%02d%06u", floor, 1000 + sequence * 3);
	m->credit = dice < 30	 ? DEMO_CREDIT_ARREARS
		    : dice < 75	 ? DEMO_CREDIT_VERY_LOW
		    : dice < 155 ? DEMO_CREDIT_LOW
				 : DEMO_CREDIT_GOOD;
	if (phases == 1 && scatter(sequence * 13 + 1) % 14 == 0)
		m->tenant_kind = "empty";
	else
		tenant_name(m, kind, dice, sequence);
	if (floor == 5 && room == 16) {
		m->is_silent = true;
		if (m->tenant[0] == '\0')
			tenant_name(m, OFFICE, dice, sequence);
		m->tenant_kind = "office";
		m->credit = DEMO_CREDIT_GOOD;
	}
	if (floor == 1 && room == 28) {
		snprintf(m->name, sizeof m->name, "消防泵房");
		m->tenant[0] = '\0';
		m->tenant_kind = "storage";
		m->is_protected = true;
		m->credit = DEMO_CREDIT_GOOD;
	}
}

static size_t
fill_floor(struct demo_meter *meters, int floor)
{
	/* The box of a floor begins at its block of 36 addresses (domain.md §1.3). */
	int base = 1 + LOOPS * (floor <= 4 ? floor - 1 : floor - 5);
	int position = 1, room = 1;
	size_t n = 0;

	while (position <= LOOPS) {
		struct demo_meter *m = &meters[n++];
		int phases = room <= three_phase[floor] ? 3 : 1;

		m->line = floor <= 4 ? DEMO_LINE_A : DEMO_LINE_B;
		m->unit = base + position - 1;
		m->box_position = position;
		fill_user(m, floor, room, phases, (unsigned)(floor * 40 + room));
		position += phases;
		room++;
	}
	return n;
}

static void
fill_main(struct demo_meter *m, int floor)
{
	int base = 1 + LOOPS * (floor <= 4 ? floor - 1 : floor - 5);

	*m = (struct demo_meter){ .line = DEMO_LINE_MAIN,
		.unit = floor,
		.phases = 3,
		.floor = floor,
		.model = "dtsy1352",
		.tenant_kind = "main",
		.scale_percent = 100,
		.sum_line = floor <= 4 ? DEMO_LINE_A : DEMO_LINE_B,
		.first_unit = base,
		.last_unit = base + LOOPS - 1 };
	snprintf(m->name, sizeof m->name, "%d层总表", floor);
	snprintf(m->number, sizeof m->number, "202290%06d", 100 + floor);
}

static void
fill_space(struct demo_meter *m, int space)
{
	*m = (struct demo_meter){ .line = DEMO_LINE_PARK,
		.unit = space,
		.phases = 1,
		.floor = DEMO_CAR_PARK,
		.model = "ddsy1352",
		.tenant_kind = "parking",
		.scale_percent = 80 + (int)(scatter((unsigned)space) % 60),
		.credit = space % 7 == 3 ? DEMO_CREDIT_LOW : DEMO_CREDIT_GOOD };
	snprintf(m->room, sizeof m->room, "B1-%02d", space);
	snprintf(m->number, sizeof m->number, "202488%06d", 500 + space);
	snprintf(m->tenant, sizeof m->tenant, "%s", owners[space - 1]);
	snprintf(m->phone, sizeof m->phone, "139%08u", scatter((unsigned)space + 900) % 100000000U);
}

void
demo_building(struct demo_meter meters[DEMO_METERS])
{
	size_t n = 0;

	memset(meters, 0, DEMO_METERS * sizeof *meters);
	for (int floor = 1; floor <= DEMO_FLOORS; floor++)
		n += fill_floor(meters + n, floor);
	for (int floor = 1; floor <= DEMO_FLOORS; floor++)
		fill_main(&meters[n++], floor);
	for (int space = 1; space <= 15; space++)
		fill_space(&meters[n++], space);
	assert(n == DEMO_METERS);
}

int
demo_three_phase(int floor)
{
	return three_phase[floor];
}
