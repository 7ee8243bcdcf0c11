#include "model/password.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/rc.h"
#include "base/text.h"

#define FOLDED_MAX (PASSWORD_MAX * 4 + 1)

/* Whole passwords of ten and more characters that stand high on public lists, Chinese habits
 * included; shorter ones are refused for their length. Lower case, sorted by habit. */
static const char *const COMMON[] = {
	/* keyboard walks */
	"1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "1q2w3e4r5t", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u",
	"q1w2e3r4t5", "q1w2e3r4t5y6", "zaq12wsxcde3", "zaq1xsw2cde3", "qazwsxedcrfv",
	"qazwsxedc123", "qweasdzxc123", "qwe123qwe123", "qweasdzxcrty", "123qweasdzxc",
	"1234qwerasdf", "asdfqwer1234", "qwer1234qwer", "qwerasdfzxcv", "poiuytrewq", "0p9o8i7u6y",
	"mnbvcxzlkjhgfdsa", "zxcvbnm123", "asdfghjkl123", "147258369147", "1472583690",
	"741852963741", "159357159357", "7894561230", "147896325a", "1qazxsw23edc", "xsw21qaz3edc",
	"qawsedrftg", "5tgb6yhn7ujm",
	/* numbers with a meaning: love for ever, good luck, dates */
	"5201314520", "5201314521", "520520520520", "1314520520", "1314521521", "5211314521",
	"5845201314", "7758521520", "7758521521", "3344520520", "9958123456", "8888866666",
	"6666688888", "1688816888", "1314159265", "3141592653", "3141592654", "31415926535",
	"2718281828", "1123581321", "1020304050", "1122334455", "112233445566", "1112223334",
	"111222333444", "1231231231", "123123123123", "1234512345", "123456123456", "1234561234",
	"12345671234567", "1234554321", "123456654321", "0123456789a", "9876543210a", "1357924680",
	"2468013579", "1029384756", "0192837465", "1212121212", "1010101010", "1313131313",
	"5555566666", "1111122222", "110110110110", "119119119119", "12301230123", "100200300400",
	/* pinyin sentences */
	"woaini1314", "woaini1314520", "woaini5201314", "woaini123456", "woaiwoziji", "woaibaobao",
	"woailaogong", "woaizhongguo", "woshinidie", "woshitiancai", "wodemima123", "mima123456",
	"mimashi123", "mimamima123", "meiyoumima", "nihao123456", "nihaoma123", "caonima123",
	"caonima520", "zhongguo123", "zhonghua123", "aini1314520", "ainiyiwannian", "qq123456789",
	"qq1234567890", "wang123456", "zhang123456", "chen123456", "zhao123456", "yang123456",
	"asd123456789", "abc123456789", "abc1234567890", "a1234567890", "aa123456789",
	"aaa123456789", "a123456789a", "q123456789", "z123456789", "w123456789", "s123456789",
	"x123456789", "qwe123456789", "as123456789", "abcd123456", "abcde12345", "abcdef123456",
	"a1b2c3d4e5", "a1b2c3d4e5f6", "aa12345678", "a12345678a", "abc12345678", "1234567890a",
	"123456789a", "123456789q", "123456789abc", "123456789qq", "123456aaaa",
	/* English */
	"iloveyou123", "iloveyou1314", "iloveyou520", "letmein123", "trustno1trustno1",
	"passw0rd123", "p@ssw0rd123", "p@ssw0rd1234", "pa55word123", "qwertyuiop", "qwertyuiop123",
	"basketball", "christopher", "thunderbird", "manchester", "liverpool1", "chelsea123",
	"california", "correcthorse", "correcthorsebatterystaple", "minecraft123", "starwars123",
	"superman123", "changemenow", "changeme123", "changethis", "temporary1", "temppassword",
	"mypassword", "thispassword", "secretpassword", "nopassword", "testtest123", "asdf1234asdf",
	"adminadmin", "admin123456", "rootroot123", "administrator", "superadmin", "iloveyou12",
	"justinbieb"
};

/* Words that make a password guessable whatever digits and signs stand around them. */
static const char *const WORDS[] = {
	/* of this trade, its makers and this product */
	"voltill", "acrel", "ankerui", "anker", "sfere", "siruida", "adf300", "adf", "ddsy", "dtsy",
	"dtsd", "ddsy1352", "dtsy1352", "dtsy1946", "acrel3200", "acrel-3200", "chint", "zhengtai",
	"hexing", "linyang", "weisheng", "modbus", "dianbiao", "dianfei", "dianliang", "diannao",
	"dianneng", "gongdian", "guojiadianwang", "dianwang", "shoudian", "yufufei", "wuye",
	"wuyegongsi", "chaobiao", "shuibiao", "prepaid", "prepayment", "electric", "electricity",
	"energy", "energymeter", "meter", "ammeter", "power", "powermeter", "guanliyuan", "guanli",
	"chaojiguanliyuan", "xitongguanliyuan", "xitong", "caiwu", "shoukuan", "shouyin",
	"shouyinyuan", "caozuoyuan",
	/* of every system */
	"admin", "administrator", "root", "system", "sysadmin", "superuser", "superadmin",
	"operator", "manager", "cashier", "finance", "installer", "auditor", "user", "guest",
	"test", "tester", "demo", "default", "service", "support", "server", "database", "mysql",
	"mariadb", "oracle", "password", "passw0rd", "passwort", "pass", "passwd", "mima",
	"kouling", "secret", "login", "signin", "welcome", "huanying", "changeme", "letmein",
	"access", "master", "office", "company", "gongsi", "shanghai", "beijing", "jiangsu",
	"jiangyin", "shenzhen", "guangzhou", "hangzhou", "nanjing", "suzhou", "wuxi", "china",
	"zhongguo", "qwerty", "qwertyuiop", "qwer", "qwe", "asdf", "asdfgh", "asdfghjkl", "zxcv",
	"zxcvbn", "zxcvbnm", "qaz", "qazwsx", "qazwsxedc", "abc", "abcd", "abcde", "abcdef",
	"abcdefg", "iloveyou", "woaini", "nihao", "hello", "monkey", "dragon", "football",
	"baseball", "superman", "batman", "sunshine", "princess", "shadow", "michael", "computer",
	"internet", "samsung", "huawei", "xiaomi", "tencent", "alibaba", "taobao", "weixin",
	"wechat", "spring", "summer", "autumn", "winter", "january", "december", "monday", "sunday"
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool
is_in(const char *const *list, size_t count, const char *text, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && memcmp(list[i], text, length) == 0)
			return true;
	return false;
}

/* The letters in the middle: "!!dianbiao123" -> "dianbiao". */
static const char *
core(const char *folded, size_t *length)
{
	const char *end = folded + strlen(folded);
	while (*folded != '\0' && !is_letter(*folded))
		folded++;
	while (end > folded && !is_letter(end[-1]))
		end--;
	*length = (size_t)(end - folded);
	return folded;
}

/* Digits and signs that stand for letters: "p@ssw0rd" -> "password". */
static void
unmask(char *folded)
{
	static const char from[] = "@4310$57!", to[] = "aaeiossti";
	for (; *folded != '\0'; folded++) {
		const char *found = strchr(from, *folded);
		if (found != NULL)
			*folded = to[found - from];
	}
}

static bool
has_word(const char *folded)
{
	size_t length;
	const char *middle = core(folded, &length);
	return is_in(WORDS, COUNT(WORDS), folded, strlen(folded)) ||
	       is_in(WORDS, COUNT(WORDS), middle, length);
}

static bool
is_common(const char *folded)
{
	char plain[FOLDED_MAX];
	size_t length;
	const char *middle = core(folded, &length);
	if (is_in(COMMON, COUNT(COMMON), folded, strlen(folded)) || has_word(folded))
		return true;
	/* Unmasked twice: the whole, and the core alone, whose digits at the end mean nothing. */
	text_copy(plain, sizeof(plain), folded);
	unmask(plain);
	if (has_word(plain))
		return true;
	memcpy(plain, middle, length);
	plain[length] = '\0';
	unmask(plain);
	return has_word(plain);
}

/* One block over and over ("aaaaaaaaaa", "abcabcabcabc"), with blocks of at most 4. */
static bool
is_repetition(const char *text, size_t length)
{
	for (size_t block = 1; block <= 4; block++) {
		size_t i = block;
		while (i < length && text[i] == text[i - block])
			i++;
		if (i >= length && length > block)
			return true;
	}
	return false;
}

/* Neighbours in the alphabet, among the digits or on a row of the keyboard, in either direction,
 * with at most one break ("1234567890", "abcdefghij", "abcde54321"). */
static bool
is_run(const char *text, size_t length)
{
	static const char rows[] = "0123456789 1234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop"
				   " asdfghjkl zxcvbnm";
	size_t breaks = 0;
	for (size_t i = 1; i < length && breaks <= 1; i++) {
		char up[] = { text[i - 1], text[i], '\0' }, down[] = { text[i], text[i - 1], '\0' };
		breaks +=
		    text[i] == ' ' || (strstr(rows, up) == NULL && strstr(rows, down) == NULL);
	}
	return breaks <= 1;
}

/* The name makes up the password when few letters are left without it. */
static bool
is_name(const char *folded, const char *name)
{
	char folded_name[FOLDED_MAX];
	text_fold(name, folded_name, sizeof(folded_name));
	size_t length = strlen(folded_name), others = 0;
	if (length < 2 || strstr(folded, folded_name) == NULL)
		return false;
	while (*folded != '\0') {
		bool is_here = strncmp(folded, folded_name, length) == 0;
		others += !is_here && is_letter(*folded);
		folded += is_here ? length : 1;
	}
	return others <= 2 || others * 2 <= length;
}

static bool
is_typable(const char *password)
{
	if (!text_is_utf8(password, strlen(password)))
		return false;
	for (const unsigned char *c = (const unsigned char *)password; *c != '\0'; c++)
		if (*c < ' ' || *c == 0x7f)
			return false;
	return true;
}

/* Capital letters, small letters, digits, everything else. */
static int64_t
count_classes(const char *password)
{
	bool has[4] = { false };

	for (; *password != '\0'; password++) {
		char c = *password;
		has[c >= 'A' && c <= 'Z'   ? 0
		    : c >= 'a' && c <= 'z' ? 1
		    : c >= '0' && c <= '9' ? 2
					   : 3] = true;
	}
	return has[0] + has[1] + has[2] + has[3];
}

enum password_fault
password_check(const char *password, const char *username, const char *display_name,
    const struct password_rules *rules)
{
	char folded[FOLDED_MAX];
	if (strlen(password) > FOLDED_MAX - 1)
		return PASSWORD_LONG;
	if (!is_typable(password))
		return PASSWORD_TEXT;
	size_t characters = text_length(password);
	if (characters < (size_t)rules->min)
		return PASSWORD_SHORT;
	if (characters > PASSWORD_MAX)
		return PASSWORD_LONG;
	if (count_classes(password) < rules->classes)
		return PASSWORD_CLASSES;

	text_fold(password, folded, sizeof(folded));
	if (is_name(folded, username) || is_name(folded, display_name))
		return PASSWORD_NAME;
	if (is_repetition(folded, strlen(folded)) || is_run(folded, strlen(folded)))
		return PASSWORD_SIMPLE;
	return is_common(folded) ? PASSWORD_COMMON : PASSWORD_GOOD;
}

static const struct {
	const char *word, *text;
} FAULTS[] = {
	[PASSWORD_SHORT] = { "PasswordShort", "the password is too short" },
	[PASSWORD_CLASSES] = { "PasswordClasses",
	    "the password needs more kinds of characters (capitals, small letters, digits, signs)" },
	[PASSWORD_LONG] = { "PasswordLong", "the password has more than 128 characters" },
	[PASSWORD_TEXT] = { "PasswordText", "the password holds characters that cannot be typed" },
	[PASSWORD_NAME] = { "PasswordName", "the password is made of the person's own name" },
	[PASSWORD_COMMON] = { "PasswordCommon",
	    "the password is one of those that are guessed first" },
	[PASSWORD_SIMPLE] = { "PasswordSimple", "the password is one run or one repetition" },
};

const char *
password_word(enum password_fault fault)
{
	return fault < COUNT(FAULTS) ? FAULTS[fault].word : NULL;
}

const char *
password_text(enum password_fault fault)
{
	return fault < COUNT(FAULTS) && FAULTS[fault].text != NULL ? FAULTS[fault].text : "";
}
