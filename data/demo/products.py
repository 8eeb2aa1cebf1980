"""The range: six categories of eight products, with prices, costs, season and launch dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.timeline import Timeline


@dataclass(frozen=True)
class Category:
    """`share` of net sales, yearly `growth`, `amplitude` and `peak` (day of year) of the season, `festival` effect."""

    zh: str
    en: str
    share: float
    growth: float
    amplitude: float
    peak: int
    festival: float


CATEGORIES: tuple[Category, ...] = (
    Category("饮用水", "Water", 0.19, 0.05, 0.30, 207, 0.6),
    Category("茶饮料", "Tea", 0.22, 0.03, 0.27, 207, 0.8),
    Category("果汁", "Juice", 0.16, 0.00, 0.12, 215, 1.4),
    Category("碳酸饮料", "Carbonates", 0.17, -0.03, 0.32, 202, 1.2),
    Category("能量饮料", "Energy", 0.12, 0.09, 0.22, 196, 0.7),
    Category("乳饮料", "Dairy drinks", 0.14, 0.02, -0.08, 207, 1.6),
)

# Chinese name, English name, brand, price class, list price of a case, cost share of the list price, weight.
# "+N": launched N months before the end of the data; "-N": discontinued N months before it.
_RANGE = """
清禾纯净水550ml×24|Qinghe pure water 550ml×24|清禾|economy|26.00|.66|16
清禾纯净水1.5L×12|Qinghe pure water 1.5L×12|清禾|economy|28.00|.66|9
清禾山泉550ml×24|Qinghe spring water 550ml×24|清禾|core|32.00|.62|14
清禾山泉5L×4|Qinghe spring water 5L×4|清禾|core|30.00|.63|8
岭上泉矿泉水500ml×24|Lingshang mineral water 500ml×24|岭上泉|premium|56.00|.55|7
岭上泉玻璃瓶750ml×12|Lingshang glass bottle 750ml×12|岭上泉|premium|78.00|.54|3
清禾苏打水400ml×15|Qinghe soda water 400ml×15|清禾|core|38.00|.59|6
岭上泉气泡水330ml×24|Lingshang sparkling 330ml×24|岭上泉|premium|64.00|.56|4|+10
清禾冰红茶500ml×15|Qinghe iced black tea 500ml×15|清禾|core|36.00|.63|17
清禾冰红茶1L×12|Qinghe iced black tea 1L×12|清禾|core|42.00|.63|8
清禾绿茶500ml×15|Qinghe green tea 500ml×15|清禾|core|36.00|.63|14
清禾茉莉清茶500ml×15|Qinghe jasmine tea 500ml×15|清禾|core|37.00|.62|11
茗溪乌龙茶500ml×15|Mingxi oolong 500ml×15|茗溪|premium|54.00|.56|8
茗溪无糖绿茶500ml×15|Mingxi unsweetened green tea 500ml×15|茗溪|premium|54.00|.56|7
茗溪普洱茶500ml×15|Mingxi pu'er tea 500ml×15|茗溪|premium|56.00|.56|4|+15
清禾柠檬茶250ml×24|Qinghe lemon tea 250ml×24|清禾|economy|34.00|.67|6|-9
果趣橙汁450ml×15|Guoqu orange drink 450ml×15|果趣|core|46.00|.63|14
果趣橙汁1.25L×12|Guoqu orange drink 1.25L×12|果趣|core|66.00|.63|9
果趣水蜜桃450ml×15|Guoqu peach drink 450ml×15|果趣|core|46.00|.63|10
果趣葡萄汁450ml×15|Guoqu grape drink 450ml×15|果趣|core|46.00|.63|8
果趣芒果汁450ml×15|Guoqu mango drink 450ml×15|果趣|core|46.00|.63|6
果原100%橙汁1L×6|Guoyuan 100% orange 1L×6|果原|premium|82.00|.58|6
果原100%苹果汁1L×6|Guoyuan 100% apple 1L×6|果原|premium|82.00|.58|4
果趣酸梅汤450ml×15|Guoqu plum drink 450ml×15|果趣|economy|40.00|.66|5
跃动可乐500ml×24|Yuedong cola 500ml×24|跃动|core|52.00|.65|16
跃动可乐330ml×24|Yuedong cola 330ml×24|跃动|core|44.00|.65|11
跃动可乐2L×6|Yuedong cola 2L×6|跃动|economy|36.00|.67|8
跃动柠檬汽水500ml×24|Yuedong lemon soda 500ml×24|跃动|core|52.00|.65|10
跃动橙味汽水500ml×24|Yuedong orange soda 500ml×24|跃动|core|52.00|.65|9
跃动无糖可乐500ml×24|Yuedong zero cola 500ml×24|跃动|premium|58.00|.62|6
跃动盐汽水600ml×20|Yuedong salt soda 600ml×20|跃动|economy|34.00|.67|5
跃动荔枝汽水330ml×24|Yuedong lychee soda 330ml×24|跃动|core|46.00|.65|4|-16
冲刺能量250ml×24|Chongci energy 250ml×24|冲刺|core|96.00|.58|16
冲刺能量500ml×15|Chongci energy 500ml×15|冲刺|core|72.00|.58|13
冲刺能量罐装310ml×24|Chongci energy can 310ml×24|冲刺|premium|118.00|.55|8
冲刺无糖能量250ml×24|Chongci energy zero 250ml×24|冲刺|premium|102.00|.55|5
冲刺电解质水550ml×15|Chongci electrolyte 550ml×15|冲刺|core|58.00|.58|9
冲刺电解质粉20g×40|Chongci electrolyte powder 20g×40|冲刺|premium|88.00|.54|3|+7
冲刺运动饮料600ml×15|Chongci sports drink 600ml×15|冲刺|core|54.00|.60|7
冲刺维生素水500ml×15|Chongci vitamin water 500ml×15|冲刺|core|56.00|.60|6
牧晨酸奶饮品250ml×24|Muchen yoghurt drink 250ml×24|牧晨|core|62.00|.66|15
牧晨早餐奶250ml×16|Muchen breakfast milk 250ml×16|牧晨|core|48.00|.67|12
牧晨乳酸菌100ml×30|Muchen lactobacillus 100ml×30|牧晨|core|54.00|.63|11
牧晨乳酸菌435ml×15|Muchen lactobacillus 435ml×15|牧晨|core|66.00|.63|7
牧晨核桃乳240ml×20|Muchen walnut milk 240ml×20|牧晨|premium|72.00|.60|9
牧晨杏仁露240ml×20|Muchen almond milk 240ml×20|牧晨|premium|72.00|.60|6
牧晨椰子汁245ml×24|Muchen coconut milk 245ml×24|牧晨|premium|84.00|.60|6
牧晨燕麦奶1L×6|Muchen oat milk 1L×6|牧晨|premium|78.00|.57|3|+13
"""

PRICE_RISE = {1: 0.03, 4: 0.02, 5: 0.025, 0: 0.015}  # category -> yearly rise of the list price, each January
COST_RISE = 0.012  # of every product, each January
FLOOR, CAP = 0.75, 1.15  # price band as shares of the list price
_RAMP_WEEKS = 12  # a launched product reaches its weight after so many weeks


@dataclass(frozen=True)
class Range:
    """The products as arrays over P products (and the calendar years of the timeline)."""

    product_id: tuple[str, ...]
    category: np.ndarray  # (P,) position in CATEGORIES
    weight: np.ndarray  # (P,) share of its category when everybody carries it
    list_price: np.ndarray  # (P, years)
    unit_cost: np.ndarray  # (P, years)
    years: np.ndarray  # (years,)
    availability: np.ndarray  # (P, weeks) 0..1
    frame: pd.DataFrame  # dim_product, without owners

    def year_position(self, years: np.ndarray) -> np.ndarray:
        return np.clip(years - self.years[0], 0, len(self.years) - 1)


def months_before(day: dt.date, months: int) -> dt.date:
    """First day of the month `months` before the month of `day`."""
    total = day.year * 12 + day.month - 1 - months
    return dt.date(total // 12, total % 12 + 1, 1)


def product_range(timeline: Timeline) -> Range:
    """The 48 products with prices a year, launches and discontinuations relative to the end of the data."""
    rows, weight, ratio = [], [], []
    availability = np.ones((48, timeline.horizon), dtype=np.float32)
    for number, line in enumerate(_RANGE.strip().splitlines()):
        zh, en, brand, price_class, price, cost, size, *life = line.split("|")
        category = CATEGORIES[number // 8]
        launched, discontinued = None, None
        if life and life[0].startswith("+"):
            launched = months_before(timeline.end, int(life[0]))
            weeks = (timeline.monday - np.datetime64(launched)).astype(int) / 7
            availability[number] = np.clip((weeks + 1) / _RAMP_WEEKS, 0, 1) * (weeks >= 0)
        elif life:
            discontinued = months_before(timeline.end, -int(life[0]))
            weeks = (np.datetime64(discontinued) - timeline.monday).astype(int) / 7
            availability[number] = np.clip((weeks - 1) / _RAMP_WEEKS, 0, 1)
        rows.append((f"P{number + 1:03d}", zh, en, category.zh, category.en, brand, price_class, "箱", float(price),
                     float(price) * float(cost), launched or months_before(timeline.start, 20 + 3 * (number % 8)),
                     discontinued))  # fmt: skip
        weight.append(float(size))
        ratio.append(float(cost))
    frame = pd.DataFrame(rows, columns=["product_id", "product_name", "name_en", "category", "category_en", "brand",
                                        "price_class", "unit_name", "list_price", "unit_cost", "launched_date",
                                        "discontinued_date"])  # fmt: skip
    categories = np.arange(48) // 8
    weights = np.array(weight)
    weights /= np.bincount(categories, weights)[categories]
    years = np.arange(timeline.start.year, timeline.monday[-1].astype("datetime64[Y]").astype(int) + 1971)
    back = timeline.end.year - years  # the price list of the last year is the one in dim_product
    rise = np.array([PRICE_RISE.get(int(c), 0.0) for c in categories])
    price = frame["list_price"].to_numpy()
    prices = np.round(price[:, None] / (1 + rise[:, None]) ** np.maximum(back, 0), 1)
    costs = np.round((price * np.array(ratio))[:, None] / (1 + COST_RISE) ** np.maximum(back, 0), 2)
    current = int(np.flatnonzero(years == timeline.end.year)[0])
    frame["list_price"], frame["unit_cost"] = prices[:, current], costs[:, current]
    return Range(tuple(frame["product_id"]), categories, weights, prices, costs, years, availability, frame)
