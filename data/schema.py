"""Every table of the warehouse, declared once.

The DDL (`ddl`), the importer (required columns, references, checks, header synonyms) and the data
dictionary (docs/data-dictionary.md) all derive from `TABLES`. Columns that refer to a dimension are stored
as ENUMs over that dimension's ids: they read as text and group as integers.

The third argument of `_c` and of `Table` is the meaning, in English; it is a message of the catalogue.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Type = Literal["id", "text", "date", "money", "amount", "quantity", "rate", "integer", "days", "hours", "flag"]
Kind = Literal["dimension", "fact", "optional", "derived", "system"]

SQL_TYPES: dict[Type, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "money": "DECIMAL(18,4)",  # line amounts: never rounded a line
    "amount": "DECIMAL(18,2)",  # invoices, receipts, limits, budgets
    "quantity": "DECIMAL(18,4)",
    "rate": "DOUBLE",  # fractions: 0.08, never 8
    "integer": "INTEGER",
    "days": "INTEGER",
    "hours": "DECIMAL(9,2)",
    "flag": "BOOLEAN",
}
UNITS: dict[Type, str] = {
    "money": "company currency",
    "amount": "company currency",
    "quantity": "sales units",
    "rate": "fraction",
    "days": "days",
    "hours": "hours",
}


@dataclass(frozen=True)
class Column:
    """One column: its type says the unit; `references` names the dimension whose key it holds."""

    name: str
    type: Type
    meaning: str
    required: bool = False
    references: str | None = None
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    derived: bool = False  # written by the warehouse at publishing, never imported

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def unit(self) -> str:
        return UNITS.get(self.type, "")


@dataclass(frozen=True)
class Check:
    """A rule that every row must keep: `sql` is true or NULL for a good row; `says` is told when it is not."""

    column: str
    sql: str
    says: str


@dataclass(frozen=True)
class Table:
    """One table. `key` identifies a row: a later import with the same key replaces it."""

    name: str
    kind: Kind
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    synonyms: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def importable(self) -> tuple[Column, ...]:
        """Columns that a file can feed."""
        return tuple(c for c in self.columns if not c.derived)

    @property
    def references(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.references)


def _c(
    name: str,
    type: Type,
    meaning: str,
    *synonyms: str,
    req: bool = False,
    ref: str | None = None,
    choices: tuple[str, ...] = (),
    derived: bool = False,
) -> Column:
    return Column(name, type, meaning, req, ref, choices, synonyms, derived)


def _dealer(req: bool = True) -> Column:
    return _c("dealer_id", "id", "dealer the row belongs to", "dealer", "dealer code", "customer", "customer id",
              "customer code", "customer no", "client id", "account", "account id", "distributor", "distributor id",
              "sold to", "buyer id", "经销商", "经销商编号", "经销商编码", "经销商代码", "客户", "客户编号", "客户编码",
              "客户代码", "客户号", "商家编号", req=req, ref="dim_dealer")  # fmt: skip


def _product(req: bool = False) -> Column:
    return _c("product_id", "id", "product of the row", "product", "product code", "sku", "sku id", "item", "item id",
              "item code", "material", "material no", "article", "stock code", "产品", "产品编号", "产品编码", "产品代码",
              "商品", "商品编号", "商品编码", "货号", "物料", "物料编码", "存货编码", req=req, ref="dim_product")  # fmt: skip


def _employee(meaning: str = "sales person in charge") -> Column:
    return _c("employee_id", "id", meaning, "employee", "sales person", "salesperson", "sales rep", "rep", "rep id",
              "salesman", "seller", "staff id", "业务员", "业务员编号", "业务员编码", "销售员", "员工", "员工编号", "工号",
              "负责人", "职员", ref="dim_employee")  # fmt: skip


def _region(meaning: str = "sales region", name: str = "region_id") -> Column:
    return _c(name, "id", meaning, "region", "region code", "area", "area id", "territory", "大区", "区域", "区域编号",
              "区域编码", "地区", "地区编码", "片区", "省份", "城市", ref="dim_region")  # fmt: skip


def _channel() -> Column:
    return _c("channel_id", "id", "sales channel", "channel", "channel code", "customer segment", "渠道", "渠道编号",
              "渠道编码", "渠道类型", "客户类型", ref="dim_channel")  # fmt: skip


def _category() -> Column:
    return _c("category", "text", "product category", "product category", "category name", "product group", "品类",
              "类别", "产品类别", "商品类别", "产品大类", "大类")  # fmt: skip


def _order_date() -> Column:
    return _c("order_date", "date", "day the dealer ordered", "order day", "ordered", "ordered on", "document date",
              "date of order", "date", "sale date", "sales date", "transaction date", "订单日期", "下单日期", "订货日期",
              "单据日期", "日期", "销售日期")  # fmt: skip


def _ship_date() -> Column:
    return _c("ship_date", "date", "day the goods left", "shipped date", "shipping date", "shipped", "delivery date",
              "dispatch date", "发货日期", "出库日期", "送货日期", "发运日期")  # fmt: skip


def _invoice_date() -> Column:
    return _c("invoice_date", "date", "day the invoice was issued", "invoiced", "billing date", "bill date",
              "开票日期", "发票日期", "记账日期", "记帐日期")  # fmt: skip


def _document() -> Column:
    return _c("document_id", "id", "order or delivery document", "document", "document no", "order", "order id",
              "order no", "order number", "sales order", "so no", "订单", "订单号", "订单编号", "单据号", "单据编号",
              "单号", "销售单号")  # fmt: skip


def _english_name() -> Column:
    return _c("name_en", "text", "English name, shown when the dashboard speaks English; the name when empty",
              "english name", "英文名称", "英文名")  # fmt: skip


_QTY = ("qty", "quantity sold", "units", "pieces", "cases", "数量", "销量", "销售数量", "订货数量", "件数", "箱数")

_ADDED_UP = (  # in cubes
    _c("quantity", "quantity", "sales units"), _c("net_amount", "money", "net amounts"),
    _c("list_amount", "money", "list amounts of the lines that have one"),
    _c("cost_amount", "money", "cost of the lines whose cost is known"),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    # ------------------------------------------------------------------ dimensions
    Table("dim_region", "dimension", "Region hierarchy of any depth: each region names its parent", ("region_id",), (
        _c("region_id", "id", "region code", "region code", "area id", "区域编号", "区域编码", "大区编码", "地区编码",
           "territory id", req=True),
        _c("region_name", "text", "name shown", "region name", "area name", "region", "区域名称", "大区", "区域", "地区",
           "territory description", "region description"),
        _english_name(),
        _c("parent_id", "id", "region above; empty at the top", "parent region", "parent", "上级区域", "上级大区",
           ref="dim_region"),
        _c("manager_id", "id", "employee who answers for the region", "region manager", "manager", "区域经理",
           "大区经理", "负责人", ref="dim_employee"),
        _c("map_code", "id", "ISO 3166-2 code for the tile map (CN-GD)", "iso code", "地图编码", "行政区划代码"),
    ), synonyms=("regions", "areas", "territories", "区域", "大区", "地区")),
    Table("dim_employee", "dimension", "Sales people and their managers", ("employee_id",), (
        _c("employee_id", "id", "employee code", "employee", "staff id", "rep id", "员工编号", "工号", "业务员编号",
           req=True),
        _c("employee_name", "text", "name shown", "employee name", "full name", "staff name", "员工姓名", "姓名", "业务员",
           "业务员姓名"),
        _english_name(),
        _c("role", "text", "role in the sales force", "title", "job title", "position", "职位", "岗位", "职务"),
        _region("region worked in"),
        _c("manager_id", "id", "employee reported to", "reports to", "supervisor", "上级", "直属上级", "主管",
           ref="dim_employee"),
        _c("hired_date", "date", "first working day", "hire date", "入职日期"),
        _c("left_date", "date", "last working day", "leave date", "离职日期"),
    ), (
        Check("left_date", "left_date >= hired_date", "left before being hired"),
    ), ("employees", "staff", "sales reps", "员工", "业务员", "销售人员")),
    Table("dim_channel", "dimension", "Sales channels", ("channel_id",), (
        _c("channel_id", "id", "channel code", "channel", "channel code", "渠道编号", "渠道编码", "渠道", req=True),
        _c("channel_name", "text", "name shown", "channel name", "渠道名称"),
        _english_name(),
        _c("parent_id", "id", "channel above", "parent channel", "上级渠道", ref="dim_channel"),
    ), synonyms=("channels", "渠道")),
    Table("dim_dealer", "dimension", "Dealers: who buys from the company, with terms and owner", ("dealer_id",), (
        _c("dealer_id", "id", "dealer code", "dealer", "dealer code", "customer id", "customer code", "customer no",
           "account id", "distributor id", "经销商编号", "经销商编码", "经销商代码", "客户编号", "客户编码", "客户代码", req=True),
        _c("dealer_name", "text", "name shown", "dealer name", "customer name", "company name", "customer", "name",
           "account name", "distributor name", "经销商名称", "经销商", "客户名称", "客户", "公司名称", "单位名称"),
        _english_name(),
        _region("region the dealer belongs to"),
        _c("territory_id", "id", "region where the dealer may sell; the dealer's own region when empty", "sales territory",
           "授权区域", "经销区域", "销售区域", ref="dim_region"),
        _channel(),
        _employee(),
        _c("tier", "text", "tier (A, B, C ...)", "dealer tier", "level", "grade", "class", "等级", "经销商等级", "客户等级",
           "级别", "客户级别"),
        _c("credit_limit", "amount", "most that may be owed; empty = no limit", "credit line", "limit", "信用额度",
           "授信额度", "额度"),
        _c("payment_term_days", "days", "days from invoice to due date", "payment term", "payment terms", "term",
           "term days", "credit days", "账期", "帐期", "账期天数", "付款期限", "信用天数", "信用期"),
        _c("parent_id", "id", "dealer who supplies this one, when goods flow on two levels", "parent dealer",
           "parent customer", "上级经销商", "上级客户", ref="dim_dealer"),
        _c("opened_date", "date", "first day as a dealer", "open date", "since", "customer since", "开户日期",
           "合作日期", "签约日期"),
        _c("closed_date", "date", "last day as a dealer", "close date", "关户日期", "终止日期"),
    ), (
        Check("credit_limit", "credit_limit >= 0", "a credit limit below zero"),
        Check("payment_term_days", "payment_term_days BETWEEN 0 AND 3650", "a payment term outside 0-3650 days"),
        Check("closed_date", "closed_date >= opened_date", "closed before being opened"),
        Check("parent_id", "parent_id <> dealer_id", "a dealer cannot be its own parent"),
    ), ("dealers", "customers", "accounts", "distributors", "clients", "经销商", "客户", "客户档案")),
    Table("dim_product", "dimension", "Products", ("product_id",), (
        _c("product_id", "id", "product code", "product", "product code", "sku", "item code", "item id", "stock code",
           "产品编号", "产品编码", "商品编号", "商品编码", "货号", "物料编码", "存货编码", req=True),
        _c("product_name", "text", "name shown", "product name", "item name", "description", "name", "产品名称", "产品",
           "商品名称", "商品", "物料名称", "存货名称", "品名"),
        _english_name(),
        _category(),
        _c("category_en", "text", "English name of the category; the category when empty", "品类英文名"),
        _c("brand", "text", "brand", "brand name", "品牌", "品牌名称"),
        _c("price_class", "text", "price class (economy, core, premium ...)", "price tier", "price band", "价格带", "档次"),
        _c("unit_name", "text", "sales unit (case, bottle)", "unit of measure", "uom", "unit", "单位", "计量单位"),
        _c("list_price", "money", "list price of a sales unit", "unit price", "price", "标价", "单价", "出厂价", "价格"),
        _c("unit_cost", "money", "cost of a sales unit", "cost", "standard cost", "成本", "单位成本", "标准成本"),
        _c("owner_id", "id", "product manager", "product manager", "产品经理", ref="dim_employee"),
        _c("launched_date", "date", "first day on sale", "launch date", "上市日期"),
        _c("discontinued_date", "date", "last day on sale", "end date", "停产日期", "退市日期"),
    ), (
        Check("list_price", "list_price >= 0", "a price below zero"),
        Check("unit_cost", "unit_cost >= 0", "a cost below zero"),
    ), ("products", "items", "skus", "产品", "商品", "物料", "存货档案")),
    Table("dim_promotion", "dimension", "Promotions: one row an action, whoever took part", ("promotion_id",), (
        _c("promotion_id", "id", "promotion code", "promotion", "promo id", "campaign id", "促销编号", "活动编号", req=True),
        _c("promotion_name", "text", "name shown", "promotion name", "promo name", "campaign", "促销名称", "活动名称"),
        _english_name(),
        _c("promotion_type", "text", "kind: price-off, gift, display, tasting ...", "promo type", "mechanic", "促销类型",
           "活动类型"),
        _c("start_date", "date", "first day", "start", "from", "开始日期"),
        _c("end_date", "date", "last day", "end", "to", "结束日期"),
        _category(),
        _c("owner_id", "id", "employee who answers for it", "owner", "负责人", ref="dim_employee"),
    ), (
        Check("end_date", "end_date >= start_date", "ends before it starts"),
    ), ("promotions", "campaigns", "促销", "活动")),
    # ------------------------------------------------------------------ facts
    Table("sales_document", "fact", "Headers of sales documents, where lines and headers are exported apart: "
          "they complete the lines of fact_sales that name them", ("document_id",), (
        _c("document_id", "id", "order or delivery document", "order id", "order no", "订单号", "单据号", req=True),
        _order_date(), _ship_date(), _invoice_date(),
        _dealer(), _employee(), _channel(), _region("region the goods went to", "ship_to_region_id"),
    ), synonyms=("orders", "sales orders", "order header", "订单", "销售订单", "订单主表")),
    Table("fact_sales", "fact", "Sales document lines: sale, return, gift or allowance", ("line_id",), (
        _c("line_id", "id", "line number, unique in the company; when empty, from document and position, or from date, dealer and product", "row id", "明细编号", req=True),
        _document(),
        _c("line_type", "text", "sale, return, gift or allowance; from the sign of the quantity when empty", "type",
           "transaction type", "行类型", "业务类型", "单据类型", choices=("sale", "return", "gift", "allowance")),
        _order_date(), _ship_date(), _invoice_date(),
        _dealer(), _product(), _employee(), _channel(),
        _region("region the goods went to", "ship_to_region_id"),
        _c("promotion_id", "id", "promotion the line belongs to", "promotion", "promo id", "促销编号", "活动编号",
           ref="dim_promotion"),
        _c("batch_no", "id", "production batch, for tracing goods", "batch", "lot", "lot no", "批号", "批次"),
        _c("quantity", "quantity", "sales units; negative on returns", *_QTY),
        _c("list_amount", "money", "quantity at list price", "gross amount", "list value", "标价金额", "原价金额"),
        _c("discount_amount", "money", "list amount less net amount", "discount", "折扣额", "折扣金额", "折让金额"),
        _c("net_amount", "money", "invoiced amount without tax, after discounts; negative on returns", "net sales",
           "sales", "amount", "revenue", "sales amount", "turnover", "line total", "销售额", "销售金额", "金额", "净额",
           "销售净额", "不含税金额", "成交金额", req=True),
        _c("cost_amount", "money", "cost of the goods of the line", "cost", "cogs", "cost of sales", "成本", "成本金额",
           "销售成本"),
        _c("sales_date", "date", "the day that counts: invoice, ship or order date, by company setting", derived=True),
    ), (
        Check("order_date", "coalesce(order_date, ship_date, invoice_date) IS NOT NULL",
              "no order, ship or invoice date"),
        Check("quantity", "line_type <> 'return' OR (coalesce(quantity, 0) <= 0 AND net_amount <= 0)",
              "a return carries negative quantity and amount"),
        Check("quantity", "line_type <> 'sale' OR (coalesce(quantity, 0) >= 0 AND net_amount >= 0)",
              "a sale with negative quantity or amount; is it a return?"),
    ), ("sales", "sales lines", "order details", "order lines", "invoices lines", "transactions", "销售", "销售明细",
        "订单明细", "销售流水"), ("sales_date", "dealer_id")),
    Table("fact_visit", "fact", "Visits and other working time: planned, done, with result", ("visit_id",), (
        _c("visit_id", "id", "visit number", "visit", "call id", "拜访编号", req=True),
        _dealer(req=False), _employee("sales person"),
        _c("planned_date", "date", "day planned; empty = unplanned", "plan date", "计划日期", "计划拜访日期"),
        _c("visit_date", "date", "day done; empty = not done", "done date", "call date", "visited", "拜访日期",
           "实际日期", "实际拜访日期"),
        _c("activity", "text", "what the time went into", "activity type", "工作类型", "拜访类型",
           choices=("new", "existing", "planning", "phone")),
        _c("result", "text", "result in words", "outcome", "拜访结果", "结果"),
        _c("document_id", "id", "order taken at the visit", "order id", "订单号"),
        _c("hours", "hours", "time spent", "duration", "time spent", "时长", "工时", "小时"),
    ), (
        Check("visit_date", "coalesce(visit_date, planned_date) IS NOT NULL", "neither a planned nor an actual date"),
        Check("hours", "hours BETWEEN 0 AND 24", "hours outside 0-24"),
    ), ("visits", "calls", "拜访", "拜访记录"), ("visit_date",)),
    Table("fact_receivable", "fact", "Invoices to dealers; credit notes carry a negative amount", ("invoice_id",), (
        _c("invoice_id", "id", "invoice number", "invoice", "invoice no", "invoice number", "发票号", "发票编号", "应收单号",
           "应收账款单号", req=True),
        _dealer(),
        _c("invoice_date", "date", "day the invoice was issued", "invoiced", "billing date", "bill date", "开票日期",
           "发票日期", "应收日期", req=True),
        _c("due_date", "date", "last day in term; invoice date plus the dealer's term when empty", "due", "due on",
           "maturity", "到期日", "应收到期日", "付款到期日"),
        _c("amount", "amount", "invoice amount, tax included", "invoice amount", "receivable", "应收金额", "应收账款",
           "发票金额", "金额", req=True),
        _document(),
    ), synonyms=("receivables", "invoices", "accounts receivable", "应收", "应收账款", "发票"), order_by=("invoice_date",)),
    Table("fact_receipt", "fact", "Money received: one row a receipt and the invoice it pays",
          ("receipt_id", "invoice_id"), (
        _c("receipt_id", "id", "receipt number", "receipt", "payment id", "payment no", "收款单号", "回款单号", req=True),
        _dealer(),
        _c("invoice_id", "id", "invoice paid; empty = not applied yet", "invoice", "invoice no", "applied to", "发票号",
           "核销发票"),
        _c("receipt_date", "date", "day the money came", "payment date", "paid on", "settled date", "收款日期", "回款日期",
           req=True),
        _c("amount", "amount", "money received", "payment amount", "paid", "收款金额", "回款金额", "金额", req=True),
    ), synonyms=("receipts", "payments", "收款", "回款"), order_by=("receipt_date",)),
    Table("fact_target", "fact", "Targets by scenario, period, scope and measure; an empty scope column means all",
          ("scenario", "period_start", "measure", "region_id", "dealer_id", "employee_id", "channel_id", "category",
           "product_id"), (
        _c("scenario", "text", "plan, forecast, stretch ...; plan when empty", "version", "版本", "方案", req=True),
        _c("period_start", "date", "first day of the period", "month", "period", "月份", "期间", "开始日期", req=True),
        _c("period_end", "date", "last day; end of the month when empty", "end of period", "结束日期"),
        _c("measure", "text", "measure the target is for (net_sales, gross_margin, quantity); net_sales when empty",
           "kpi", "metric", "指标", req=True),
        _region("region of the target"), _dealer(req=False), _employee("sales person of the target"), _channel(),
        _category(), _product(),
        _c("target_value", "money", "target in the unit of the measure", "target", "plan", "budget", "quota", "目标",
           "目标值", "任务", "任务量", "计划", "指标值", req=True),
        _c("target_level", "text", "which scope columns are filled: region1, region2+category, dealer ...", derived=True),
    ), (
        Check("period_end", "period_end >= period_start", "ends before it starts"),
    ), ("targets", "plans", "budgets", "quotas", "目标", "任务", "销售目标"), ("period_start",)),
    # ------------------------------------------------------------------ optional tables
    Table("fact_sell_out", "optional", "What dealers sold on, by dealer, product and day or period",
          ("dealer_id", "product_id", "sell_out_date", "outlet_id"), (
        _dealer(), _product(req=True),
        _c("sell_out_date", "date", "day, or last day of the period", "date", "period end", "日期", "动销日期", req=True),
        _c("outlet_id", "id", "outlet", "outlet", "store", "store id", "门店", "终端", "终端编号"),
        _c("quantity", "quantity", "sales units sold on", *_QTY, "动销数量", req=True),
        _c("amount", "money", "value at the dealer's price", "sell out amount", "动销金额"),
    ), synonyms=("sell out", "sell through", "动销", "出货")),
    Table("fact_stock", "optional", "Stock at dealers on a day", ("dealer_id", "product_id", "stock_date"), (
        _dealer(), _product(req=True),
        _c("stock_date", "date", "day counted", "date", "count date", "盘点日期", "库存日期", req=True),
        _c("quantity", "quantity", "sales units in stock", *_QTY, "库存", "库存数量", req=True),
    ), synonyms=("stock", "inventory", "dealer stock", "库存", "经销商库存")),
    Table("fact_shelf_check", "optional", "Shelf checks: is the product there, at what price", ("check_id",), (
        _c("check_id", "id", "check number", "check", "检查编号", req=True),
        _c("outlet_id", "id", "outlet", "outlet", "store id", "门店", "终端编号", req=True),
        _c("check_date", "date", "day of the check", "date", "检查日期", req=True),
        _product(req=True), _dealer(req=False), _region("region of the outlet"),
        _c("is_present", "flag", "the product was on the shelf", "present", "on shelf", "是否铺货", "有货", req=True),
        _c("shelf_price", "money", "price on the shelf", "price", "货架价", "零售价"),
        _c("facings", "integer", "facings", "排面", "排面数"),
        _c("outlet_weight", "rate", "the outlet's category sales, any unit: weight of weighted distribution", "weight",
           "门店权重"),
    ), synonyms=("shelf checks", "store checks", "铺货检查", "终端检查")),
    Table("fact_promotion_cost", "optional", "Executions of promotions: who took part, when, at what cost",
          ("execution_id",), (
        _c("execution_id", "id", "execution number", "execution", "执行编号", req=True),
        _c("promotion_id", "id", "promotion executed", "promotion", "促销编号", "活动编号", req=True, ref="dim_promotion"),
        _dealer(req=False), _region("region of the execution"), _category(),
        _c("product_ids", "text", "promoted products, codes joined by |; empty = the category", "products", "促销产品"),
        _c("start_date", "date", "first day", "start", "开始日期", req=True),
        _c("end_date", "date", "last day", "end", "结束日期", req=True),
        _c("planned_cost", "amount", "cost planned", "budget", "预算", "计划费用"),
        _c("cost_amount", "amount", "cost spent", "spend", "cost", "actual cost", "费用", "实际费用", "促销费用"),
    ), (
        Check("end_date", "end_date >= start_date", "ends before it starts"),
    ), ("promotion costs", "promotion executions", "促销费用", "促销执行")),
    Table("fact_promotion_cost_line", "optional", "What the cost of a promotion consists of: unit price times quantity, "
          "planned and spent", ("line_id",), (
        _c("line_id", "id", "line number", "line", "行号", "明细编号", req=True),
        _c("promotion_id", "id", "promotion", "promotion", "促销编号", "活动编号", req=True, ref="dim_promotion"),
        _c("execution_id", "id", "execution the line belongs to; empty = the promotion as a whole", "execution", "执行编号"),
        _dealer(req=False),
        _c("item", "text", "what is paid for: fee, discount, free goods, material ...", "cost item", "description",
           "费用项目", "项目", req=True),
        _c("item_en", "text", "English name of what is paid for", "english item", "项目英文名"),
        _c("planned_unit_price", "money", "price of a unit, planned", "计划单价"),
        _c("planned_quantity", "quantity", "units, planned", "计划数量"),
        _c("unit_price", "money", "price of a unit, as it came", "price", "单价"),
        _c("quantity", "quantity", "units, as they came", "qty", "数量"),
    ), synonyms=("promotion cost lines", "促销费用明细")),
    Table("fact_promotion_plan", "optional", "What was expected of a promotion before it ran",
          ("promotion_id", "region_id"), (
        _c("promotion_id", "id", "promotion", "promotion", "促销编号", req=True, ref="dim_promotion"),
        _region("region; empty = all"),
        _c("planned_cost", "amount", "cost planned", "budget", "计划费用", "预算"),
        _c("planned_uplift", "rate", "extra quantity expected, as a share of normal quantity", "uplift", "预计增量"),
        _c("planned_net_amount", "amount", "extra net sales expected", "planned sales", "预计销售额"),
    ), synonyms=("promotion plans", "促销计划")),
    Table("price_list", "optional", "List price, floor and cap by product, channel and region over time",
          ("product_id", "channel_id", "region_id", "valid_from"), (
        _product(req=True), _channel(), _region("region; empty = all"),
        _c("valid_from", "date", "first day", "from", "生效日期", req=True),
        _c("valid_to", "date", "last day; empty = still valid", "to", "失效日期"),
        _c("list_price", "money", "list price of a sales unit", "price", "标价", "指导价"),
        _c("floor_price", "money", "lowest price allowed", "floor", "min price", "最低价", "限价下限"),
        _c("cap_price", "money", "highest price allowed", "cap", "max price", "最高价", "限价上限"),
    ), synonyms=("prices", "价格表", "价目表")),
    Table("territory_exception", "optional", "Recorded permissions to sell outside the own territory", ("exception_id",), (
        _c("exception_id", "id", "exception number", "exception", "编号", req=True),
        _dealer(), _region("region where the sale is allowed"),
        _c("notified_date", "date", "day it was notified", "notified", "报备日期"),
        _c("agreed_by_id", "id", "local dealer who agreed; empty = nobody", "agreed by", "同意方", ref="dim_dealer"),
        _c("valid_from", "date", "first day", "from", "生效日期", req=True),
        _c("valid_to", "date", "last day", "to", "失效日期", req=True),
    ), synonyms=("exceptions", "跨区报备", "跨区许可")),
    Table("open_order", "optional", "Orders taken and not yet invoiced: they use up the credit limit", ("document_id",), (
        _c("document_id", "id", "order", "order id", "order no", "订单号", req=True),
        _dealer(), _order_date(),
        _c("amount", "amount", "open value", "open amount", "未发货金额", "金额", req=True),
    ), synonyms=("open orders", "backlog", "在途订单", "未结订单")),
    Table("opportunity", "optional", "Openings in the funnel, with stage and value", ("opportunity_id",), (
        _c("opportunity_id", "id", "opening number", "opportunity", "deal id", "商机编号", req=True),
        _c("opportunity_name", "text", "name shown", "name", "商机名称"),
        _dealer(req=False), _employee(),
        _c("stage", "text", "stage of the funnel", "stage name", "阶段", req=True),
        _c("probability", "rate", "chance of the stage", "chance", "成功率"),
        _c("amount", "amount", "value if won", "value", "金额", "预计金额", req=True),
        _c("expected_date", "date", "day expected", "close date", "预计成交日期"),
    ), synonyms=("opportunities", "funnel", "pipeline", "商机")),
    Table("complaint", "optional", "Complaints of dealers", ("complaint_id",), (
        _c("complaint_id", "id", "complaint number", "complaint", "投诉编号", req=True),
        _dealer(), _product(), _c("complaint_date", "date", "day received", "date", "投诉日期", req=True),
        _c("topic", "text", "what about", "kind", "类型", "投诉类型"),
        _c("resolved_date", "date", "day settled; empty = open", "closed", "解决日期"),
        _c("amount", "amount", "money at stake", "claim", "涉及金额"),
    ), synonyms=("complaints", "投诉")),
    Table("dealer_financial", "optional", "Financial statements of dealers", ("dealer_id", "period_end"), (
        _dealer(), _c("period_end", "date", "end of the period", "date", "报告期", req=True),
        _c("revenue", "amount", "revenue", "sales", "营业收入"), _c("net_profit", "amount", "net profit", "profit", "净利润"),
        _c("total_assets", "amount", "total assets", "assets", "总资产"),
        _c("total_debt", "amount", "total debt", "debt", "总负债"),
    ), synonyms=("dealer financials", "经销商财务")),
    Table("feedback", "optional", "What dealers and sales people report from the market", ("feedback_id",), (
        _c("feedback_id", "id", "number", "feedback", "反馈编号", req=True),
        _dealer(req=False), _employee("sales person who reported"),
        _c("feedback_date", "date", "day", "date", "反馈日期", req=True),
        _c("topic", "text", "topic", "kind", "主题"), _c("content", "text", "what was said", "text", "内容", req=True),
    ), synonyms=("market feedback", "市场反馈")),
    # ------------------------------------------------------------------ derived at publishing
    Table("dim_date", "derived", "Calendar: selling days, holidays, Spring Festival, fiscal periods", ("date",), (
        _c("date", "date", "day", req=True),
        _c("year", "integer", "calendar year"), _c("quarter", "integer", "calendar quarter"),
        _c("month", "integer", "calendar month"), _c("month_start", "date", "first day of the month"),
        _c("week_start", "date", "Monday of the week"),
        _c("fiscal_year", "integer", "fiscal year, named by the year it ends in"),
        _c("fiscal_quarter", "integer", "fiscal quarter"), _c("fiscal_month", "integer", "month of the fiscal year"),
        _c("is_selling_day", "flag", "goods are sold: a working weekday or an adjusted workday"),
        _c("is_holiday", "flag", "public holiday"), _c("holiday_name", "text", "name of the holiday"),
        _c("is_adjusted_workday", "flag", "weekend day worked in exchange for a holiday"),
        _c("selling_days_to_date", "integer", "selling days from the start of the calendar to this day"),
        _c("spring_festival", "date", "the nearest Spring Festival"),
        _c("days_to_spring_festival", "days", "days until the nearest Spring Festival; negative after it"),
        _c("is_provisional", "flag", "holidays of this year are not announced yet"),
    )),
    Table("region_path", "derived", "Every region with itself and each region above it", ("region_id", "ancestor_id"), (
        _c("region_id", "id", "region", ref="dim_region"), _c("ancestor_id", "id", "region above, or itself",
           ref="dim_region"),
        _c("distance", "integer", "steps up; 0 = itself"), _c("depth", "integer", "depth of the ancestor; 1 = top"),
    )),
    Table("receivable_balance", "derived", "Open balance of each invoice over time, one row an interval: what was open on "
          "a day is what holds valid_from <= day < valid_to", ("invoice_id", "valid_from"), (
        _c("invoice_id", "id", "invoice"), _c("dealer_id", "id", "dealer", ref="dim_dealer"),
        _c("invoice_date", "date", "day of the invoice"), _c("due_date", "date", "last day in term"),
        _c("valid_from", "date", "first day with this balance"), _c("valid_to", "date", "first day without it"),
        _c("balance", "amount", "open balance; negative = credit"),
    ), order_by=("valid_from",)),
    Table("unapplied_balance", "derived", "Receipts not applied to an invoice (or received before it was issued), over "
          "time", ("receipt_id", "invoice_id"), (
        _c("receipt_id", "id", "receipt"), _c("invoice_id", "id", "invoice to come; empty = none named"),
        _c("dealer_id", "id", "dealer", ref="dim_dealer"),
        _c("valid_from", "date", "first day unapplied"), _c("valid_to", "date", "first day applied"),
        _c("amount", "amount", "money unapplied"),
    )),
    Table("sales_day", "derived", "Sales by dealer and day: what the lines of a day add up to, for whatever names no product",
          ("sales_date", "dealer_id", "channel_id", "employee_id", "ship_to_region_id", "line_type"), (
        _c("sales_date", "date", "the day that counts"), _c("dealer_id", "id", "dealer", ref="dim_dealer"),
        _c("channel_id", "id", "channel", ref="dim_channel"),
        _c("employee_id", "id", "sales person in charge", ref="dim_employee"),
        _c("ship_to_region_id", "id", "where the goods went, for dealers that have no region", ref="dim_region"),
        _c("line_type", "text", "sale, return, gift or allowance"),
        *_ADDED_UP,
        _c("orders", "integer", "documents with a sale line"),
    ), order_by=("sales_date", "dealer_id")),
    Table("product_month", "derived", "Sales by product, region and month, for whatever names no dealer",
          ("month", "product_id", "region_id", "ship_to_region_id", "channel_id", "line_type"), (
        _c("month", "date", "first day of the month"), _c("product_id", "id", "product", ref="dim_product"),
        _c("region_id", "id", "region of the dealer", ref="dim_region"),
        _c("ship_to_region_id", "id", "where the goods went, for dealers that have no region", ref="dim_region"),
        _c("channel_id", "id", "channel", ref="dim_channel"),
        _c("line_type", "text", "sale, return, gift or allowance"),
        *_ADDED_UP,
    ), order_by=("month", "product_id")),
    Table("visit_order", "derived", "Days on which a dealer was visited and ordered", ("dealer_id", "order_date"), (
        _c("dealer_id", "id", "dealer", ref="dim_dealer"), _c("order_date", "date", "day of visit and order"),
    )),
    # ------------------------------------------------------------------ the importer's own records
    Table("import_file", "system", "Every file that was imported: rows in = accepted + quarantined", ("file_id",), (
        _c("file_id", "integer", "number of the import", req=True), _c("file_name", "text", "file (and sheet)", req=True),
        _c("file_hash", "text", "SHA-256 of its bytes"), _c("mapping_hash", "text", "SHA-256 of the mapping used"),
        _c("mapping_name", "text", "mapping used"), _c("table_name", "text", "table its rows fed"),
        _c("imported_at", "text", "when, UTC, ISO 8601"), _c("rows_in", "integer", "data rows of the file"),
        _c("accepted", "integer", "rows now in the warehouse"), _c("quarantined", "integer", "rows held back"),
        _c("notes", "text", "what was noticed, JSON list"),
        _c("columns", "text", "headers of the file, JSON list"), _c("mapping", "text", "the mapping used, TOML"),
        _c("styles", "text", "decimal sign and day order of its columns, JSON: a repaired quarantine is read likewise"),
    )),
    Table("quarantine", "system", "Rows that were held back, with the reason", ("file_id", "row_number"), (
        _c("file_id", "integer", "import the row came with", req=True), _c("table_name", "text", "table it was meant for"),
        _c("row_number", "integer", "row of the file, the header is row 1", req=True),
        _c("column_name", "text", "column of the file at fault"), _c("reason", "text", "kind of fault", req=True),
        _c("message", "text", "what was wrong and what to do"), _c("raw", "text", "the row as read, JSON"),
        _c("mapped", "text", "its target columns, JSON, when it waits for a reference"),
        _c("row_key", "text", "its key, where it could be read"),
        _c("resolved_by", "integer", "import that brought the row or one with its key; empty = still waiting"),
    )),
)  # fmt: skip

BY_NAME: dict[str, Table] = {t.name: t for t in TABLES}
IMPORTABLE: tuple[Table, ...] = tuple(t for t in TABLES if t.kind in ("dimension", "fact", "optional"))
DIMENSIONS: tuple[Table, ...] = tuple(t for t in TABLES if t.kind == "dimension")


def table(name: str) -> Table:
    """The table of that name. Raises KeyError."""
    return BY_NAME[name]


def key_of(dimension: str) -> str:
    """Name of the id column of a dimension: `dim_dealer` -> `dealer_id`."""
    return BY_NAME[dimension].key[0]


def referring(dimension: str) -> Iterator[tuple[Table, Column]]:
    """Every (table, column) that holds ids of the dimension, its own key first."""
    own = BY_NAME[dimension]
    yield own, own.column(own.key[0])
    for t in TABLES:
        for column in t.columns:
            if column.references == dimension:
                yield t, column


def normalise(header: str) -> str:
    """A header reduced to what matters when comparing: width, case, spacing and 帐/账 do not."""
    text = unicodedata.normalize("NFKC", header).casefold().replace("帐", "账").replace("应受", "应收")
    return "".join(ch for ch in text if ch.isalnum())


def ddl(t: Table, *, if_not_exists: bool = False) -> str:
    """`CREATE TABLE` for the table. Reference columns start as VARCHAR; `warehouse` turns them into ENUMs."""
    guard = "IF NOT EXISTS " if if_not_exists else ""
    columns = ", ".join(f"{c.name} {c.sql_type}" for c in t.columns)
    return f"CREATE TABLE {guard}{t.name} ({columns})"
