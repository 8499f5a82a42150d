"""Chinese has no spaces: what two words make together must not be taken for a third, and the third must be found."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from bot.safety.own.rules import OwnWords
from bot.safety.verdict import Severity
from bot.safety.words.lexicon import Lexicon, load_words
from bot.safety.words.lists import LEXICON_FILE
from bot.safety.words.normalise import normalise

SHIPPED = load_words()
LEXICON = Lexicon(SHIPPED)
LISTED = tomllib.loads(LEXICON_FILE.with_name("chinese.toml").read_text(encoding="utf-8"))

EVERYDAY = """
這餅乾你媽媽做的嗎？ 先把衣服晾乾你媽就回來了 牛肉乾你老師也喜歡 擦乾你全家人的碗 灰塵乾死你了 這是肉乾炮製的
饼干你妈做的 衣服晾干你妈就来
儿童交通安全从小抓起 儿童交往能力的培养 学童交谈正欢 老幼交相问候 牧童交给他一封信 书童交上一张名帖 妇幼交流活动
尼格买提主持晚会 尼格尔在桌边坐下 印尼格外炎热 尼格罗人种是旧时的说法 尼哥底母夜里来见耶稣 印尼哥哥写信来
密支那的雨季 密支那人爱吃米线 印度支那人的历史 支那山下有一个村子 一支那样的队伍 他开支那么大 两支那个牌子的笔
人群交头接耳 支援交战的部队 人口爆炸 门口爆发一阵笑声 屋内射进一缕光 室内射击场 国内射电天文学 野兽交战
水乳交融 我操作机器 为我操心 我操练士兵 我操纵木偶 体操比赛 挨了几巴掌 麻痹的感觉 啪啪啪地鼓掌 啪啪啪，三声枪响
老逼近窗前 敌人二逼近城下 武装逼近 今日批准了计划 节日批发市场 抗日逼近尾声 起床叫我 他起床叫了一声 出口肯定增加
人口活动频繁
儿童交视频作业 照射精准 辐射精度 放射精细的光 洞口交战 性交往能力 女性交友
小学生做爱心卡 初中生做爱国主题的画 孩子们做爱护环境的事 别做爱玩手机的人 我们公司做AI 他做AI绘画
香港灿烂的夜景 海港灿若繁星 嫩绿教室的墙 天黑鬼才出门 漆黑鬼影 乌黑鬼脸 台湾狗粮 冶炼铜视频 惊呆蛙声
一碗粉肠 我去你的学校看看 去你娘家住几天 全靠你妈养家 想死妈妈了 气死你妈了 你去死海玩吗 快去死海看看 过去自杀率很高
玛德琳蛋糕 玛德莲娜 尼玛才让 阿尼玛卿山 印尼玛琅 长沙比武汉热 他在买卖比特币 凯撒比他高
西瓜批发 电脑残骸 大脑残留的记忆 理智障碍 弱智儿童的老师 屁眼睛 风尘仆仆街头 反扑街头 田野种植 贫贱人家
爱情色彩 感情色彩 春色情怀 亲自慰问灾民 各自慰劳 女性奴隶 本性虐待不了他 动乱伦敦 叛乱伦理 一轮奸商 球迷奸笑
海潮吹来 寒潮吹过山口 呼叫床边的护士 深喉咙发炎 大小穴居动物 皮肉缝合 江阴毛笔 金黄片片 猫咪咪头上 北约炮击
姑娘炮制的汤 敌人打炮弹 练打手枪靶 打飞机游戏 我擦干眼泪 我擦肩而过 一汪碧池 清碧池水 马上就到了，使你麻痹 卖B站周边
""".split()  # noqa: SIM905  the sentences are read more easily than quoted ones
MEANT = """
童交视频 儿童交视频 看童交 幼交片 儿童色情 小学生做爱 炼铜视频 死尼格 尼格们 你个尼格 黑鬼 死黑鬼 支那 支那猪 支那人
绿教 港灿 台湾狗
群交 援交 乳交 肛交 兽交 内射 内射了 颜射 射精 口爆 口交 性交 口活 性奴 乱伦 鸡巴 机巴 几巴 鸡吧 老逼 妈逼 傻逼 牛逼
我操 我操你 操你妈 日你 日你妈 我日你 日批 想啪啪啪 要啪啪啪 你麻痹 妈的 操比 卖比 玛德 尼玛 死妈 去你妈 靠你妈 约炮
打飞机
做爱 小穴 脑残 智障 弱智 你去死 快去死 去自杀 我去你的 碧池 打炮 情色 色情
""".split()  # noqa: SIM905

TRADITIONAL = (
    "丑醜东東丝絲丢丟个個个箇丽麗么麼乡鄉买買乱亂了瞭仆僕们們优優伦倫体體儿兒克剋养養兽獸内內几幾卖賣卧臥变變台臺"
    "台檯台颱吃喫吊弔同衕后後吗嗎咸鹹哟喲唇脣国國圣聖壳殼头頭奸姦妇婦妈媽娘孃孙孫学學它牠家傢岛島巨鉅币幣师師干幹"
    "废廢强強态態恋戀战戰户戶扑撲拟擬撸擼无無机機杀殺杂雜枪槍楼樓残殘气氣没沒湾灣滚滾灿燦点點炼煉炼鍊烂爛爱愛"
    "爷爺犊犢犹猶猪豬玛瑪玩翫瘪癟监監码碼种種穷窮笔筆箫簫紧緊约約级級绿綠缝縫脏髒脏臟脑腦荡蕩荡盪萝蘿蛮蠻装裝视視"
    "调調账賬货貨贱賤费費贼賊赛賽赣贛赶趕轮輪还還这這铜銅铲鏟铲剷锤錘阴陰雕鵰韩韓顶頂频頻颜顏飞飛马馬驶駛骚騷鱿魷"
    "鸟鳥鸡雞黄黃龟龜"
)
"""The characters of the list whose traditional forms differ, each before one of those; some have several."""


@pytest.mark.parametrize("text", [*EVERYDAY, "5 nm的芯片", "用 14 nm的工艺"])
def test_what_everyday_words_make_together_is_let_pass(text: str) -> None:
    assert [hit.rule.name for hit in LEXICON.find(text)] == []


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_is_found(text: str) -> None:
    assert LEXICON.find(text)
    assert LEXICON.find(f"他说{text}，")


def test_what_is_innocent_around_an_entry_names_entries() -> None:
    named = {entry for around in LISTED["around"] for entry in around["entries"].split()}
    assert {entry for entry in named if normalise(entry)[0] not in SHIPPED} == set()


def listed() -> Iterator[str]:
    for severity in ("mild", "strong", "severe"):
        for forms in LISTED[severity].values():
            yield from forms["word"]


def test_every_entry_is_found_in_traditional_characters() -> None:
    forms = dict[str, list[str]]()
    for place in range(0, len(TRADITIONAL), 2):
        forms.setdefault(TRADITIONAL[place], []).append(TRADITIONAL[place + 1])
    for number in range(max(map(len, forms.values()))):
        written = str.maketrans({simple: others[number % len(others)] for simple, others in forms.items()})
        assert [entry for entry in listed() if not LEXICON.find(entry.translate(written))] == []


@pytest.mark.parametrize(
    "text",
    [
        "猶太豬",
        "蘿莉做愛",
        "趕緊去死吧",
        "約炮",
        "擼管",
        "顏射",
        "內射",
        "臥槽",
        "撲街",
        "兒童色情",
        "死變態",
    ],
)
def test_what_is_written_in_traditional_characters_is_found(text: str) -> None:
    assert LEXICON.find(text)


def test_a_traditional_text_has_what_is_innocent_too() -> None:
    assert LEXICON.find("兒童交通安全，人口爆發，內射擊場，體操比賽，支援交戰") == []


@pytest.mark.parametrize("text", ["习近平", "習近平", "習.近.平"])
def test_a_servers_own_word_is_found_in_both_scripts(text: str) -> None:
    for word in ("习近平", "習近平"):
        assert OwnWords({word: Severity.SEVERE}).find(text)
