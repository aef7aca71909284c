"""What is said: names that are nobody's, answers, sentences of a lesson."""

from typing import Final

import numpy as np

_FAMILY: Final = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋艳勇杰娟涛明超秀霞平刚桂英华建国文斌玉兰志红晓东海燕"
ANSWERS: Final = ("到", "到", "到", "到", "有", "在")
_STARTS: Final = (
    "今天我们学习",
    "下面我们来看",
    "大家要注意",
    "同学们记住",
    "这里最重要的是",
    "接下来讲",
    "我们先复习一下",
)
_MIDDLES: Final = (
    "焊接的基本知识",
    "电气设备的安全操作规程",
    "机床的日常维护和保养",
    "食品卫生的有关规定",
    "家庭护理的主要步骤",
    "叉车驾驶的注意事项",
    "测量工具的正确使用方法",
)
_ENDS: Final = (
    "，请打开课本第十页",
    "，这部分内容考试会考到",
    "，操作之前必须检查设备是否完好",
    "，如果发现问题要马上报告",
    "，这一点在实际工作中非常重要",
    "，我们通过几个例子来说明",
    "，温度太高或者太低都会影响质量",
    "",
)
SHORT_PHRASES: Final = (
    "好",
    "对不对",
    "明白了吗",
    "我们看这里",
    "注意",
    "是这样的",
    "然后呢",
    "很好",
    "第一点",
    "第二点",
    "没问题吧",
    "看黑板",
)
QUESTIONS: Final = (
    "谁能告诉我第一步应该做什么",
    "这个零件叫什么名字",
    "为什么要先切断电源",
    "你来回答一下这个问题",
    "还有哪位同学补充",
    "温度应该控制在多少度",
)
REPLIES: Final = (
    "先检查设备",
    "应该是轴承",
    "因为不安全",
    "戴好手套和护目镜",
    "不知道",
    "大概两百度吧",
    "是的",
    "要先关掉总开关再操作",
)
CHATTER: Final = (
    "你昨天去哪里了",
    "还没吃早饭呢",
    "老师来了没有",
    "借我一支笔",
    "坐这边吧",
    "今天天气真冷",
    "下午还有课吗",
    "把门关上",
)
DRILLED: Final = ("焊条", "电弧", "钢板", "手套", "面罩", "开关", "电缆", "气瓶", "扳手", "螺丝", "轴承", "齿轮")


def names(rng: np.random.Generator, count: int) -> list[str]:
    """So many names, put together at random."""
    return [
        str(rng.choice(list(_FAMILY))) + "".join(str(rng.choice(list(_GIVEN))) for _ in range(int(rng.integers(1, 3))))
        for _ in range(count)
    ]


def sentence(rng: np.random.Generator) -> str:
    """A sentence of a lesson."""
    return "".join(str(rng.choice(list(part))) for part in (_STARTS, _MIDDLES, _ENDS))
