/* sample_names.c: constant lists. First and last names are paired at random, so nobody real is meant.
 * clang-format off */
#include "server/ctl/sample_names.h"

/* clang-format off */
const struct sample_culture sample_cultures[] = {
    {560, {"Amelia", "Ben", "Chloe", "Daisy", "Ethan", "Freya", "George", "Hannah", "Isla", "Jack", "Katie", "Lewis", "Mia", "Noah", "Olivia", "Poppy", "Reuben", "Sophie", "Toby", "Willow", "Jo", "Bo", NULL},
          {"Ashdown", "Barleycorn", "Coppice", "Dunnock", "Elderfield", "Fennimore", "Goldcrest", "Hazelgrove", "Ivybridge", "Larkspur", "Meadowcroft", "Nettlefold", "Oakapple", "Penhallow", "Quickthorn", "Rookwood", "Sorrel-Smith", "Thistlewood", "Underhill", "Whitebeam", "Yarrow", "O'Bramble", "Fitz-Heron", NULL}},
    {50,  {"Zoë", "Chloë", "Renée", "Élodie", "Théo", "François", "Anaïs", "Gaël", NULL}, {"Lefèvre-Chêne", "D'Aubépine", "Noisetier", "Châtaigne", "Grünwald", "Bergström", "Løvås", "Åkerblad", "Müllerbaum", NULL}},
    {45,  {"Eilidh", "Ruaridh", "Siân", "Dafydd", "Niamh", "Oisín", "Caoimhe", "Llŷr", "Gwenllïan", NULL}, {"MacFhearna", "Ó Draighneáin", "Ap Celyn", "NicCoille", "O'Sceach", "Llwyfen", NULL}},
    {45,  {"Zofia", "Łukasz", "Małgorzata", "Jiří", "Šárka", "Ștefan", "Gergő", "Żaneta", NULL}, {"Jaworzyńska", "Brzozowiecki", "Dubčák-Lípa", "Stejărescu", "Tölgyfai", "Głogowska", NULL}},
    {40,  {"Amara", "Chidi", "Nkechi", "Temidayọ", "Oluwaṣeun", "Kwame", "Abena", "Efua", NULL}, {"Okàrá-Iroko", "Adébáyọ̀wá", "Mensah-Baobab", "Ọdánímọ́", "Kapokwu", NULL}},
    {35,  {"Aisha", "Yusuf", "Farida", "Ibrahim", "Maryam", "Bilal", NULL}, {"Al-Zaytun", "Nakhlawi", "Haidar-Sidr", "Bint Yasmin", "El-Arzawi", NULL}},
    {30,  {"ليلى", "عمر", "نور", "يوسف", "سلمى", NULL}, {"الزيتوني", "النخلاوي", "الياسميني", "الأرزي", NULL}},
    {35,  {"Arjun", "Priya", "Rohan", "Ananya", "Kiran", "Meera", NULL}, {"Neem-Kumar", "Ashokvriksh", "D'Banyan", "Peepalwala", "Chandanpur", NULL}},
    {20,  {"अनन्या", "अर्जुन", "मीरा", "रोहन", NULL}, {"नीमवाला", "चंदनपुरी", "अशोकवन", NULL}},
    {20,  {"ਗੁਰਪ੍ਰੀਤ", "ਸਿਮਰਨ", "ਹਰਜੋਤ", NULL}, {"ਟਾਹਲੀ", "ਬੋਹੜਵਾਲਾ", NULL}},
    {20,  {"অনন্যা", "রোহান", "মিতালী", NULL}, {"শিমুলতলা", "বটবৃক্ষ", NULL}},
    {15,  {"தமிழரசி", "கவின்", "யாழினி", NULL}, {"ஆலமரம்", "வேம்பன்", NULL}},
    {25,  {"美玲", "子涵", "浩然", "梓萱", NULL}, {"松柏", "梅林", "杨柳青", NULL}},
    {15,  {"さくら", "蓮", "陽菜", "悠真", NULL}, {"松木原", "竹林田", "楓山口", NULL}},
    {15,  {"서연", "민준", "지우", NULL}, {"솔나무", "단풍길", NULL}},
    {25,  {"Олена", "Дмитро", "Софія", "Тарас", NULL}, {"Калинівська", "Дубравенко", "Вербицький-Гай", NULL}},
    {15,  {"Ελένη", "Νίκος", "Δάφνη", NULL}, {"Ελαιώνας", "Πλατανίδης", NULL}},
    {10,  {"נועה", "איתן", NULL}, {"אלוני", "זיתוני", NULL}},
    {10,  {"ሰላም", "ዳዊት", NULL}, {"ወይራ", "ጽድማርያም", NULL}},
    {10,  {"Thị Hoa", "Minh Đức", "Quỳnh Anh", NULL}, {"Nguyễn Trúc", "Trần Tùng", "Lê Phượng Vĩ", NULL}},
    {15,  {"Iñaki", "Begoña", "João", "Inês", "Nuño", NULL}, {"de la Encina", "Carvalhão", "Ibáñez-Robledal", "Castanheira", NULL}},
    {10,  {"İpek", "Çağlar", "Şule", "Doğan", NULL}, {"Çınaroğlu", "Söğütlü", NULL}},
};
const size_t sample_culture_count = sizeof sample_cultures / sizeof *sample_cultures;

const struct sample_ensemble sample_ensembles[] = {
    {"Orchestra", "mixed", "Orchestral", {{"Flutes", "Flute", 4}, {"Oboes", "Oboe", 2}, {"Clarinets", "Clarinet", 4}, {"Bassoons", "Bassoon", 2}, {"Horns", "Horn", 4}, {"Trumpets", "Trumpet", 3}, {"Trombones", "Trombone", 3}, {"Percussion", "Percussion", 3}, {"Violin I", "Violin", 13}, {"Violin II", "Violin", 12}, {"Violas", "Viola", 8}, {"Cellos", "Cello", 8}, {"Double basses", "Double bass", 4}, {NULL, NULL, 0}}},
    {"Strings", "strings", "Orchestral", {{"Violin I", "Violin", 12}, {"Violin II", "Violin", 12}, {"Violas", "Viola", 9}, {"Cellos", "Cello", 11}, {"Double basses", "Double bass", 4}, {NULL, NULL, 0}}},
    {"Wind Band", "woodwind", "Wind band", {{"Flutes", "Flute", 8}, {"Clarinets", "Clarinet", 10}, {"Saxophones", "Saxophone", 6}, {"Horns", "Horn", 3}, {"Trumpets", "Trumpet", 5}, {"Trombones", "Trombone", 4}, {"Tubas", "Tuba", 2}, {"Percussion", "Percussion", 3}, {NULL, NULL, 0}}},
    {"Brass Band", "brass", "Brass band", {{"Cornets", "Cornet", 8}, {"Tenor horns", "Tenor horn", 4}, {"Baritones", "Baritone", 3}, {"Euphoniums", "Euphonium", 2}, {"Trombones", "Trombone", 3}, {"Tubas", "Tuba", 3}, {"Percussion", "Percussion", 2}, {NULL, NULL, 0}}},
    {"Choir", "voice", "Choral", {{"Sopranos", "Voice", 12}, {"Altos", "Voice", 10}, {"Tenors", "Voice", 5}, {"Basses", "Voice", 5}, {NULL, NULL, 0}}},
    {"Jazz Orchestra", "mixed", "Jazz", {{"Saxophones", "Saxophone", 5}, {"Trumpets", "Trumpet", 4}, {"Trombones", "Trombone", 4}, {"Rhythm", "Piano", 2}, {"Rhythm", "Drums", 1}, {"Rhythm", "Double bass", 1}, {NULL, NULL, 0}}},
    {"Folk Group", "mixed", "Folk", {{"Fiddles", "Violin", 6}, {"Whistles", "Whistle", 4}, {"Accordions", "Accordion", 2}, {"Guitars", "Guitar", 3}, {NULL, NULL, 0}}},
    {"Guitar Ensemble", "guitar", "Classical", {{"Guitar I", "Guitar", 5}, {"Guitar II", "Guitar", 5}, {"Guitar III", "Guitar", 4}, {NULL, NULL, 0}}},
    {"Samba Band", "percussion", "World", {{"Surdos", "Surdo", 4}, {"Caixas", "Caixa", 6}, {"Tamborims", "Tamborim", 6}, {"Agogôs", "Agogô", 3}, {NULL, NULL, 0}}},
    {"Steel Pans", "world", "World", {{"Tenor pans", "Steel pan", 6}, {"Seconds", "Steel pan", 5}, {"Basses", "Steel pan", 3}, {NULL, NULL, 0}}},
    {"Rock School", "mixed", "Rock and pop", {{"Guitars", "Electric guitar", 6}, {"Keyboards", "Keyboard", 3}, {"Drums", "Drums", 3}, {"Voices", "Voice", 5}, {NULL, NULL, 0}}},
};
const size_t sample_ensemble_count = sizeof sample_ensembles / sizeof *sample_ensembles;

const char *const sample_places[] = {"Alderbrook", "Birchover", "Cedarholm", "Dunnington Vale", "Elmcombe", "Foxley", "Greenhithe Cross", "Hollinwell", "Ivelbourne", "Juniper Hill", "Kestrel Green", "Lindenfold", "Marlpit", "Nutbourne Rise", "Otterford", "Pinemarsh", "Quenby", "Rushmere Ford", "Saltfleet Magna", "Tarn End", "Upper Wold", "Vinehall", "Withybed", "Yewdale"};
const size_t sample_place_count = sizeof sample_places / sizeof *sample_places;
const char *const sample_instruments[] = {"Violin", "Cello", "Flute", "Clarinet", "Trumpet", "Trombone", "Guitar", "Piano", "Drums", "Voice", "Saxophone", "Horn", "Ukulele", "Harp"};
const size_t sample_instrument_count = sizeof sample_instruments / sizeof *sample_instruments;
const struct sample_partner sample_partners[] = {
    {"Sampleshire Symphonia", "arts", "Clara Nett", "agreement"},
    {"The Made-Up Steel Pan Trust", "community", "Pan Sample", "agreement"},
    {"Invented Opera for Everyone", "arts", "Aria Sample", "evaluation"},
    {"Example College of Music", "education", "Dean Sample", "standards"},
    {"Sampleshire Council Libraries", "public", "Page Turner", "meeting"},
    {"Placeholder Pianos Ltd", "business", "Key Sample", "interest"},
};
const size_t sample_partner_count = sizeof sample_partners / sizeof *sample_partners;
const char *const sample_areas[] = {"North", "East", "South", "West", "Centre"};
const size_t sample_area_count = sizeof sample_areas / sizeof *sample_areas;
const char *const sample_needs[][2] = {
    {"medical", "Asthma. Blue inhaler in the front pocket of the bag; two puffs when wheezing."},
    {"allergy", "Peanuts. EpiPen in the red pouch: use it at once, then ring 999."},
    {"access", "Wheelchair user. Ring ahead so that the ramp is out; leaves by the side door."},
    {"medical", "Type 1 diabetes. May eat at any time; ask for the glucose tablets when shaky."},
    {"access", "Hearing aids. Face them when you speak, and write page numbers down."},
    {"medical", "Epilepsy. Time a seizure; ring 999 after five minutes."},
};
const size_t sample_need_count = sizeof sample_needs / sizeof *sample_needs;

/* clang-format on */
bool sample_is_called(struct sample_called *called, const char *first, const char *last, int born) {
  unsigned hash = (2166136261U ^ (unsigned)born) * 16777619U;
  for (const char *c = first; *c; c++) hash = (hash ^ (unsigned char)*c) * 16777619U;
  for (const char *c = last; *c; c++) hash = (hash ^ (unsigned char)*c) * 16777619U;
  unsigned char *byte = &called->bits[hash / 8 % sizeof called->bits], bit = (unsigned char)(1U << hash % 8);
  bool before = (*byte & bit) != 0;
  *byte |= bit;
  return before;
}
