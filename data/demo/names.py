"""Invented names: Chinese characters with their pinyin, put together by chance. Nobody real is meant."""

from __future__ import annotations

import numpy as np

_FIRST = (
    "恒Heng 金Jin 北Bei 天Tian 蜀Shu 江Jiang 龙Long 华Hua 鑫Xin 盛Sheng 瑞Rui 宏Hong 永Yong 嘉Jia 泰Tai "
    "顺Shun 丰Feng 广Guang 万Wan 兴Xing 隆Long 德De 长Chang 海Hai 新Xin 东Dong 南Nan 百Bai 众Zhong 利Li "
    "康Kang 元Yuan 富Fu 聚Ju 庆Qing 福Fu 佳Jia 正Zheng 通Tong 明Ming 润Run 益Yi 鸿Hong 中Zhong 合He "
    "汇Hui 昌Chang 立Li 尚Shang 旺Wang 吉Ji 祥Xiang 银Yin 玉Yu 春Chun 秋Qiu 晨Chen 云Yun 山Shan 湖Hu "
    "远Yuan 大Da 同Tong 思Si 文Wen 锦Jin"
)
_SECOND = (
    "达da 源yuan 辰chen 和he 香xiang 南nan 腾teng 信xin 丰feng 泰tai 来lai 盛sheng 茂mao 旺wang 隆long "
    "发fa 顺shun 通tong 利li 康kang 宁ning 荣rong 昌chang 益yi 润run 泽ze 海hai 洋yang 川chuan 峰feng "
    "林lin 森sen 汇hui 联lian 诚cheng 德de 安an 福fu 瑞rui 祥xiang 城cheng 原yuan 江jiang 湾wan 桥qiao "
    "园yuan 悦yue 晟sheng 鼎ding 航hang 凯kai 捷jie 尔er 佳jia"
)
_KINDS = (
    ("商贸", "Trading"), ("食品", "Foods"), ("饮品", "Beverage"), ("批发", "Wholesale"), ("供应链", "Supply"),
    ("副食", "Grocery"), ("实业", "Industries"), ("配送", "Distribution"), ("贸易", "Commerce"),
)  # fmt: skip
_SURNAMES = (
    "陈Chen 刘Liu 吴Wu 赵Zhao 何He 孙Sun 马Ma 林Lin 黄Huang 郭Guo 罗Luo 梁Liang 宋Song 郑Zheng 谢Xie "
    "韩Han 唐Tang 冯Feng 于Yu 董Dong 萧Xiao 程Cheng 曹Cao 袁Yuan 邓Deng 许Xu 傅Fu 沈Shen 曾Zeng 彭Peng "
    "吕Lyu 苏Su 卢Lu 蒋Jiang 蔡Cai 魏Wei 叶Ye 潘Pan 杜Du 戴Dai 夏Xia 钟Zhong 汪Wang 田Tian 任Ren 姜Jiang "
    "范Fan 方Fang 石Shi 姚Yao"
)
_GIVEN = (
    "嘉jia 宁ning 宇yu 思si 远yuan 雅ya 琳lin 浩hao 晨chen 悦yue 柏bo 敏min 蕾lei 妍yan 涛tao 锐rui "
    "静jing 岚lan 越yue 诗shi 川chuan 恺kai 禾he 沐mu 瑾jin 湘xiang 桐tong 楠nan 舟zhou 绮qi"
)

FIRST_DEALER = ("恒达商贸", "Hengda Trading")  # the dealer of the South story


def _split(token: str) -> tuple[str, str]:
    return token[0], token[1:]


def dealer_names(count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Unique (Chinese, English) company names; `FIRST_DEALER` is the first. Unique in both languages."""
    pairs = [(a, b) for a in _FIRST.split() for b in _SECOND.split() if _split(a)[0] != _split(b)[0]]
    names, seen = [FIRST_DEALER], {FIRST_DEALER[1]}
    for number in rng.permutation(len(pairs) * len(_KINDS)):
        (first, second), kind = pairs[number // len(_KINDS)], _KINDS[number % len(_KINDS)]
        (a_zh, a_en), (b_zh, b_en) = _split(first), _split(second)
        english = f"{a_en}{b_en} {kind[1]}"
        if english not in seen:
            seen.add(english)
            names.append((f"{a_zh}{b_zh}{kind[0]}", english))
        if len(names) >= count:
            return names[:count]
    raise ValueError(f"names for at most {len(names):,} dealers")


def people_names(count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Unique (Chinese, English) names of people: a surname and two given characters."""
    surnames, given = _SURNAMES.split(), _GIVEN.split()
    names: list[tuple[str, str]] = []
    seen: set[str] = set()
    while len(names) < count:
        surname = _split(surnames[rng.integers(len(surnames))])
        first, second = (_split(given[i]) for i in rng.choice(len(given), 2, replace=False))
        english = f"{surname[1]} {first[1].capitalize()}{second[1]}"
        if english not in seen:
            seen.add(english)
            names.append((surname[0] + first[0] + second[0], english))
    return names
