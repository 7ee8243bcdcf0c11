#include <string.h>

#include "model/meter_model.h"
#include "model/model_table.h"

const struct meter_model *
meter_model_list(size_t *count)
{
	*count = model_table_count;
	return model_table;
}

const struct meter_model *
meter_model_find(const char *code)
{
	for (size_t i = 0; i < model_table_count; i++)
		if (strcmp(model_table[i].code, code) == 0)
			return &model_table[i];
	return NULL;
}

int64_t
meter_model_addresses(const struct meter_model *model, int64_t phases)
{
	return model != NULL && phases == 3 ? model->three_phase_addresses : 1;
}
