"""The approved words of the method in three languages. The interface uses these and no others."""

from typing import NamedTuple


class Term(NamedTuple):
    ru: str
    en: str
    uz: str


TERMS = (
    Term("лид", "lead", "lid"),
    Term("воронка", "funnel", "voronka"),
    Term("агент", "agent", "agent"),
    Term("клиент агента", "agent’s client", "agent mijozi"),
    Term("этап", "stage", "bosqich"),
    Term("шлюз этапа", "stage gate", "bosqich sharti"),
    Term("бэклог действий", "action backlog", "harakatlar beklogi"),
    Term("действие", "action", "harakat"),
    Term("неделя (спринт)", "week (sprint)", "hafta (sprint)"),
    Term("цель", "goal", "maqsad"),
    Term("метрика", "metric", "koʻrsatkich"),
    Term("приоритет", "priority", "ustuvorlik"),
    Term("слот времени", "time slot", "vaqt oraligʻi"),
    Term("место", "location", "joy"),
    Term("итог", "result", "natija"),
    Term("следующий шаг", "next step", "keyingi qadam"),
    Term("просрочено", "overdue", "muddati oʻtgan"),
    Term("застой", "stale", "turib qolgan"),
    Term("сегмент", "segment", "segment"),
    Term("охват", "reach", "qamrov"),
    Term("УТП", "UTP (unique proposition)", "UTP (noyob taklif)"),
    Term("гипотеза", "hypothesis", "gipoteza"),
    Term("вердикт", "verdict", "xulosa"),
    Term("CustDev", "CustDev interview", "CustDev suhbati"),
    Term("проблематика", "problem set", "muammolar"),
    Term("ресурсы на оплату", "resources to pay", "toʻlov resurslari"),
    Term("блокатор банка", "bank-side blocker", "bank tomonidagi toʻsiq"),
    Term("закреплён за", "owned by", "biriktirilgan"),
    Term("устный контракт", "verbal contract", "ogʻzaki kontrakt"),
    Term("подписанный контракт", "signed contract", "imzolangan kontrakt"),
    Term("доставленная ценность", "value delivered", "yetkazilgan qiymat"),
    Term("обещано / факт", "promised / actual", "vaʼda / amalda"),
    Term("условия win-win", "win-win terms", "oʻzaro manfaat shartlari"),
    Term("вид партнёрства", "partnership kind", "hamkorlik turi"),
    Term("конверсия", "conversion", "konversiya"),
    Term("время на этапе", "time in stage", "bosqichdagi vaqt"),
    Term("скорость касания", "speed to lead", "birinchi aloqa tezligi"),
    Term("план / факт / темп", "plan / actual / pace", "reja / fakt / surʼat"),
    Term("прогноз (диапазон)", "forecast (band)", "prognoz (oraliq)"),
    Term("обязательство", "commitment", "majburiyat"),
    Term("нагрузка", "load", "yuklama"),
    Term("качество базы", "base quality", "baza sifati"),
    Term("когорта / снимок", "cohort / snapshot", "kogorta / lahzalik kesim"),
    Term("отказ, причина", "refusal, reason", "rad etish, sabab"),
    Term("находка", "finding", "topilma"),
    Term("взять себе", "borrow", "oʻziga olish"),
    Term("сообщество практики", "community of practice", "amaliyot hamjamiyati"),
    Term("импорт", "import", "import"),
)
