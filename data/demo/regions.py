"""Where the demo company sells: 7 big regions, 31 provinces, and cities that exist.

One line a province: ISO code, Chinese and English name, weight of its market inside the big region, cities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Big region: id, Chinese name, share of the company's net sales, market response to promotions (1 = average).
BIG_REGIONS: tuple[tuple[str, str, float, float], ...] = (
    ("North", "华北", 0.168, 1.05),
    ("Northeast", "东北", 0.062, 0.90),
    ("East", "华东", 0.262, 1.10),
    ("Central", "华中", 0.150, 1.00),
    ("South", "华南", 0.191, 0.85),
    ("Southwest", "西南", 0.107, 1.00),
    ("Northwest", "西北", 0.060, 1.15),
)

_PROVINCES = """
North BJ 北京 Beijing 4 朝阳 Chaoyang 海淀 Haidian 丰台 Fengtai 通州 Tongzhou
North TJ 天津 Tianjin 2 滨海新区 Binhai 西青 Xiqing 武清 Wuqing
North HE 河北 Hebei 5 石家庄 Shijiazhuang 唐山 Tangshan 保定 Baoding 邯郸 Handan 沧州 Cangzhou
North SX 山西 Shanxi 3 太原 Taiyuan 大同 Datong 临汾 Linfen
North NM 内蒙古 Inner_Mongolia 2 呼和浩特 Hohhot 包头 Baotou 赤峰 Chifeng
Northeast LN 辽宁 Liaoning 5 沈阳 Shenyang 大连 Dalian 鞍山 Anshan 锦州 Jinzhou
Northeast JL 吉林 Jilin 3 长春 Changchun 吉林市 Jilin_City 四平 Siping
Northeast HL 黑龙江 Heilongjiang 4 哈尔滨 Harbin 大庆 Daqing 齐齐哈尔 Qiqihar
East SH 上海 Shanghai 4 浦东 Pudong 闵行 Minhang 嘉定 Jiading 松江 Songjiang
East JS 江苏 Jiangsu 6 南京 Nanjing 苏州 Suzhou 无锡 Wuxi 徐州 Xuzhou 南通 Nantong 常州 Changzhou
East ZJ 浙江 Zhejiang 5 杭州 Hangzhou 宁波 Ningbo 温州 Wenzhou 金华 Jinhua 嘉兴 Jiaxing
East AH 安徽 Anhui 4 合肥 Hefei 芜湖 Wuhu 阜阳 Fuyang 安庆 Anqing
East FJ 福建 Fujian 3 福州 Fuzhou 厦门 Xiamen 泉州 Quanzhou 漳州 Zhangzhou
East JX 江西 Jiangxi 3 南昌 Nanchang 赣州 Ganzhou 九江 Jiujiang
East SD 山东 Shandong 6 济南 Jinan 青岛 Qingdao 烟台 Yantai 临沂 Linyi 潍坊 Weifang
Central HA 河南 Henan 6 郑州 Zhengzhou 洛阳 Luoyang 南阳 Nanyang 新乡 Xinxiang 商丘 Shangqiu
Central HB 湖北 Hubei 4 武汉 Wuhan 宜昌 Yichang 襄阳 Xiangyang 荆州 Jingzhou
Central HN 湖南 Hunan 5 长沙 Changsha 衡阳 Hengyang 岳阳 Yueyang 株洲 Zhuzhou
South GD 广东 Guangdong 9 广州 Guangzhou 深圳 Shenzhen 佛山 Foshan 东莞 Dongguan 汕头 Shantou 湛江 Zhanjiang
South GX 广西 Guangxi 4 南宁 Nanning 柳州 Liuzhou 桂林 Guilin 玉林 Yulin
South HI 海南 Hainan 1 海口 Haikou 三亚 Sanya
Southwest CQ 重庆 Chongqing 3 渝北 Yubei 万州 Wanzhou 涪陵 Fuling
Southwest SC 四川 Sichuan 6 成都 Chengdu 绵阳 Mianyang 南充 Nanchong 宜宾 Yibin 泸州 Luzhou
Southwest GZ 贵州 Guizhou 2 贵阳 Guiyang 遵义 Zunyi 毕节 Bijie
Southwest YN 云南 Yunnan 3 昆明 Kunming 曲靖 Qujing 大理 Dali
Southwest XZ 西藏 Tibet 1 拉萨 Lhasa 日喀则 Shigatse
Northwest SN 陕西 Shaanxi 5 西安 Xi'an 宝鸡 Baoji 咸阳 Xianyang 渭南 Weinan
Northwest GS 甘肃 Gansu 3 兰州 Lanzhou 天水 Tianshui 酒泉 Jiuquan
Northwest QH 青海 Qinghai 1 西宁 Xining 海东 Haidong
Northwest NX 宁夏 Ningxia 1 银川 Yinchuan 吴忠 Wuzhong
Northwest XJ 新疆 Xinjiang 3 乌鲁木齐 Urumqi 喀什 Kashgar 伊犁 Ili
"""

REGION_IDS: tuple[str, ...] = tuple(r[0] for r in BIG_REGIONS)


@dataclass(frozen=True)
class Geography:
    """Provinces and cities as parallel arrays: `city_province[c]` and `province_region[p]` are positions."""

    province_id: tuple[str, ...]
    province_region: np.ndarray
    province_weight: np.ndarray
    city_id: tuple[str, ...]
    city_province: np.ndarray
    frame: pd.DataFrame  # dim_region, without managers

    @property
    def city_region(self) -> np.ndarray:
        return self.province_region[self.city_province]


def geography() -> Geography:
    """The region hierarchy. Cities carry ids such as CN-GD-GUANGZHOU, provinces their ISO 3166-2 code."""
    rows: list[tuple[str | None, ...]] = [(rid, zh, rid, None, None) for rid, zh, _, _ in BIG_REGIONS]
    provinces: list[str] = []
    owner: list[int] = []
    weight: list[float] = []
    cities: list[str] = []
    city_province: list[int] = []
    for line in _PROVINCES.strip().splitlines():
        region, code, zh, en, size, *names = line.split()
        province = f"CN-{code}"
        rows.append((province, zh, en.replace("_", " "), region, province))
        for city_zh, city_en in zip(names[::2], names[1::2], strict=True):
            city = f"{province}-{city_en.replace('_', '').replace(chr(39), '').upper()}"
            rows.append((city, city_zh, city_en.replace("_", " "), province, None))
            cities.append(city)
            city_province.append(len(provinces))
        provinces.append(province)
        owner.append(REGION_IDS.index(region))
        weight.append(float(size))
    frame = pd.DataFrame(rows, columns=["region_id", "region_name", "name_en", "parent_id", "map_code"])
    return Geography(tuple(provinces), np.array(owner), np.array(weight), tuple(cities), np.array(city_province), frame)
