/* Names of C++ and Rust functions. Those of C++ are from g++ 12. */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "vmm/report/demangle.h"

static const struct {
    const char *mangled, *name; /* NULL: left as it is */
} names[] = {
    {"_Z5main_v", "main_"},
    {"_ZL5locali", "local"},
    {"_Z6taggedB2v2v", "tagged"},
    {"_ZlsRN6kernel7ConsoleEi", "operator<<"},
    {"_Z1gPFviEMN6kernel7ConsoleEiSt6vectorINSt7__cxx1112basic_stringIcSt11char_"
     "traitsIcESaIcEEESaISA_EE",
     "g"},
    {"_ZN6kernel12_GLOBAL__N_16hiddenEv", "kernel::(anonymous namespace)::hidden"},
    {"_ZN6kernel3arrILi5EEEvRAT__i", "kernel::arr<...>"},
    {"_ZN6kernel3decIiEEDTplfp_Li1EET_", "kernel::dec<...>"},
    {"_ZN6kernel4numsILin3ELb1ELj7EEEvv", "kernel::nums<...>"},
    {"_ZN6kernel4packIJiPcEEEvDpT_", "kernel::pack<...>"},
    {"_ZN6kernel7Console3getISt6vectorIiSaIiEEEET_PS5_", "kernel::Console::get<...>"},
    {"_ZN6kernel7ConsoleC2Ev", "kernel::Console::Console"},
    {"_ZN6kernel7ConsoleD1Ev", "kernel::Console::~Console"},
    {"_ZN6kernel7ConsolenwEm", "kernel::Console::operator new"},
    {"_ZNK6kernel7Console5writeEPKcm", "kernel::Console::write"},
    {"_ZNK6kernel7ConsoleeqERKS0_", "kernel::Console::operator=="},
    {"_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<...>::push_back"},
    {"_ZNSsC1Ev", "std::string::string"},
    {"_ZSt4moveIiEvv", "std::move<...>"},
    {"_ZZ5main_vEN1L1mEv", "main_::L::m"},
    {"_ZZ5main_vENKUliE_clEi", "main_::{lambda}::operator()"},
    /* Not known here, or cut. */
    {"_ZN6kernel3funIXadL_ZNS_6targetEvEEEEvv", NULL},
    {"_ZN6kernel7ConsolecvbEv", NULL},
    {"_ZTV7Console", NULL},
    {"_ZN6kernel", NULL},
    {"_ZN6kernel3get", NULL},
    {"_ZN99999999999999999999999kernelE", NULL},
    {"_ZNE", NULL},
    {"_ZZZZZZZZZZZ1fv", NULL},
    {"_Z", NULL},
    {"main", NULL},
    {"", NULL},
    /* Rust, as it was and as it is. */
    {"_ZN4core9panicking5panic17h0123456789abcdefE", "core::panicking::panic"},
    {"_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$4into17h0123456789abcdefE",
     "<T as core::convert::Into<U>>::into"},
    {"_RNvC6_123foo3bar", "123foo::bar"},
    {"_RNvNtCs1234_4core9panicking5panic", "core::panicking::panic"},
    {"_RNvMs_NtCs1234_7mycrate3fooNtB4_3Bar3baz", "<mycrate::foo::Bar>::baz"},
    {"_RNvXs_Cs1234_7mycrateNtB4_3FooNtNtCs9876_4core3fmt5Debug3fmt",
     "<mycrate::Foo as core::fmt::Debug>::fmt"},
    {"_RNvYNtC1a1bNtC1c1d1e", "<a::b as c::d>::e"},
    {"_RINvCs1234_7mycrate3foolE", "mycrate::foo<...>"},
    {"_RNCNvCs1234_7mycrate4main0B3_", "mycrate::main::{closure}"},
    {"_RB_", NULL},
    {"_RNvB_3foo", NULL},
    {"_RNvNtB2_3fooB2_3bar", NULL},
    {"_R", NULL},
};

static void
names_are_readable(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char text[128];
        bool is_known = demangle(names[i].mangled, text, sizeof(text));

        expect(is_known == !!names[i].name, "%s: %s", names[i].mangled, is_known ? text : "left");
        if (is_known)
            assert_string_equal(text, names[i].name);
    }
}

static void
a_long_name_is_cut(void **state)
{
    char text[8];

    (void)state;
    memset(text, 'z', sizeof(text));
    assert_true(demangle("_ZNK6kernel7Console5writeEPKcm", text, sizeof(text)));
    assert_string_equal(text, "kernel:");
    assert_false(demangle("_Z5main_v", text, 0));
}

/* With libiberty 2.40 this takes twice as long for each two characters: for ever. */
static void
a_name_that_has_itself_in_it_takes_no_time(void **state)
{
    char name[600] = "_RNvMC1a", text[128];

    (void)state;
    for (unsigned i = 0; i < 60; i++)
        strcat(name, "TB7_B8_");
    assert_false(demangle(name, text, sizeof(text)));
    assert_true(demangle("_Z1fI1AIiiES0_IS1_S1_ES0_IS2_S2_ES0_IS3_S3_ES0_IS4_S4_EEDpS5_v", text,
                         sizeof(text)));
    assert_string_equal(text, "f<...>");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_readable),
        cmocka_unit_test(a_long_name_is_cut),
        cmocka_unit_test(a_name_that_has_itself_in_it_takes_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
